"""Why a message is answered as it is, for whoever looks after the base."""

from bot.answering.explaining.explanation import Explanation, explain
from bot.answering.explaining.grounds import Ground
from bot.answering.explaining.likeness import alike
from bot.answering.explaining.margins import FAR, NEAR, margin_of
from bot.answering.explaining.weighing import Weighed

__all__ = ["FAR", "NEAR", "Explanation", "Ground", "Weighed", "alike", "explain", "margin_of"]
