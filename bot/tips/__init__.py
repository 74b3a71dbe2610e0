"""A tip a day: which one, on which day, in which channel, and at what moment. Pure.

`Timetable` knows the days and their themes, `Plan` the tips; `window` says when the tip of a day may be posted.
"""

from bot.tips.model import PlannedTip, Posted, TipCard, TipChoice, card, key_of
from bot.tips.plan import Plan
from bot.tips.timetable import Timetable, local_day, window, with_dates
from bot.tips.words import Order, order_in

__all__ = [
    "Order",
    "Plan",
    "PlannedTip",
    "Posted",
    "Timetable",
    "TipCard",
    "TipChoice",
    "card",
    "key_of",
    "local_day",
    "order_in",
    "window",
    "with_dates",
]
