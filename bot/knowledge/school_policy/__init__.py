"""The school's own policy: the questionnaire, what the school answered, and the paragraphs that follow from it.

What the school answered are facts of the base: answers to staff and paragraphs of the policy are filled with the same
words when the base is read, so that they cannot say two things.
"""

from bot.knowledge.school_policy.model import (
    Column,
    Given,
    Option,
    Outline,
    ParagraphApproval,
    PolicyParagraph,
    PolicyQuestion,
    SchoolPolicy,
    Section,
)

__all__ = [
    "Column",
    "Given",
    "Option",
    "Outline",
    "ParagraphApproval",
    "PolicyParagraph",
    "PolicyQuestion",
    "SchoolPolicy",
    "Section",
]
