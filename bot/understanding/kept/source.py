"""What is learned from, read once: the texts of a base with all that has a say in what comes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge import Knowledge
from bot.understanding import matcher, triage_fitting
from bot.understanding.decision import Classes
from bot.understanding.kept.lessons import LearnedFrom, key_of
from bot.understanding.matcher import Said


@dataclass(frozen=True)
class Learnable:
    """What is learned from: a base as it is written, what the ranker and what the triage learn from, and what names
    these."""

    knowledge: Knowledge
    said: Sequence[Said]
    graded: Sequence[triage_fitting.Sorted]
    texts: LearnedFrom

    @property
    def written(self) -> list[str]:
        """Every text, once."""
        return list(dict.fromkeys([each.text for each in self.said] + [each.text for each in self.graded]))


def read_source(knowledge: Knowledge) -> Learnable:
    """What is learned from this base. Its digest names every text, where it belongs, who wrote it, and which entries
    have one rule; another wording of an answer is none of it."""
    knowledge = knowledge.as_written()
    said, graded = matcher.examples(knowledge), triage_fitting.examples(knowledge)
    labels = tuple(dict.fromkeys(each.label for each in said))
    asked_keys = [key_of(each.text, each.label) for each in said]
    sorted_keys = [key_of(each.text, each.part) for each in graded]
    digest = hashlib.sha256(Classes(knowledge.entries, labels).agree.tobytes())
    for part in (said, graded):
        digest.update(repr(part).encode("utf-8", "backslashreplace"))
    keys = np.array(asked_keys, dtype=np.uint64), np.array(sorted_keys, dtype=np.uint64)
    return Learnable(knowledge, said, graded, LearnedFrom(digest.hexdigest(), labels, *keys))
