"""What an approval of a question binds. Pure."""

from __future__ import annotations

from bot.knowledge.approvals.words import digest_of, words_of
from bot.knowledge.checks.model import CheckQuestion
from bot.knowledge.model import Entry


def digest_of_check(check: CheckQuestion, entry: Entry) -> str:
    """What changes with any word of the question, and with any word of the answer that it is about: what was right
    may not be so beside other words."""
    words = {"question": check.question, "right": check.right, "wrong": list(check.wrong)}
    return digest_of({**words, "entry": entry.id, "answer": digest_of(words_of(entry))})
