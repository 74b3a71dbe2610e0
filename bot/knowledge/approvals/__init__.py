"""Approvals: who approved which words of which entry, and until when. What is served are these words, never a file that
somebody has just edited."""

from bot.knowledge.approvals.model import FILE, Approval, Approvals
from bot.knowledge.approvals.words import digest_of, words_of

__all__ = ["FILE", "Approval", "Approvals", "digest_of", "words_of"]
