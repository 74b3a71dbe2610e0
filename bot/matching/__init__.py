"""A reading of a message -> Match, Choices, NoMatch or Chat, with a calibrated confidence. Pure.

The design, and what it was measured against, is in benchmarks/RESULTS.md.
"""

from bot.matching.decision import Candidate, Chat, Choices, Decision, Match, NoMatch
from bot.matching.matcher import Matcher, Why

__all__ = ["Candidate", "Chat", "Choices", "Decision", "Match", "Matcher", "NoMatch", "Why"]
