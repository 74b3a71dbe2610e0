"""Somebody answers a question of the questionnaire: it is written down, and what follows is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge import Knowledge, load
from bot.knowledge.school_policy.answering import as_value
from bot.knowledge.school_policy.model import ANSWERS, Given, SchoolPolicy
from bot.service.policy_writing.files import PolicyError, write_yaml
from bot.service.policy_writing.filling_in import digest_of_paragraph
from bot.service.policy_writing.outstanding import answers_waiting

_HEAD = """\
# What the school answered to questions.yaml, written by `askfirst policy ask`.
"""


@dataclass(frozen=True)
class Follows:
    """What an answer changed: answers to staff (by entry) and paragraphs that are to be approved again."""

    entries: tuple[str, ...]
    paragraphs: tuple[str, ...]


def write_answer(folder: Path, name: str, given: Given) -> Follows:
    """Write one answer down, beside the others. Raises PolicyError, and KnowledgeError for faults of the base."""
    before = load(folder)
    _known(before.policy, name)

    def answered() -> Mapping[str, object]:
        policy = load(folder).policy  # as it stands now, while nobody else writes it
        kept = {**policy.answers, name: given}
        return {
            "answers": {each: as_value(policy.questions[each], kept[each]) for each in policy.questions if each in kept}
        }

    write_yaml(folder / ANSWERS, _HEAD, answered)
    after = load(folder)
    waiting = set(answers_waiting(after, name)) - set(answers_waiting(before, name))
    return Follows(tuple(sorted(waiting)), tuple(_changed(before, after)))


def _changed(before: Knowledge, after: Knowledge) -> list[str]:
    return [
        name
        for name, paragraph in after.policy.paragraphs.items()
        if name in before.policy.paragraphs
        and digest_of_paragraph(after, paragraph) != digest_of_paragraph(before, before.policy.paragraphs[name])
    ]


def _known(policy: SchoolPolicy, name: str) -> None:
    if name not in policy.questions:
        raise PolicyError(f"There is no question '{name}'. They are: {', '.join(policy.questions)}")
