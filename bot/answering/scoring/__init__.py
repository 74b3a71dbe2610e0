"""Labelled questions and what became of them -> figures, tables and lists for whoever measures the base. Pure."""

from bot.answering.scoring.confusing import Confusion, confusions
from bot.answering.scoring.counting import ABSTAINED, GRAVE, HARMLESS, MEANINGS, Asked, Figure, figures, is_right
from bot.answering.scoring.grouping import BY, aligned, grouped, in_table
from bot.answering.scoring.questions import KINDS, Labelled, QuestionsError, read_questions

__all__ = [
    "ABSTAINED", "BY", "GRAVE", "HARMLESS", "KINDS", "MEANINGS", "Asked", "Confusion", "Figure", "Labelled",
    "QuestionsError", "aligned", "confusions", "figures", "grouped", "in_table", "is_right", "read_questions",
]  # fmt: skip
