"""Somebody answers a question of the questionnaire: it is written down, and what follows is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge import Knowledge, load, read_files
from bot.knowledge.school_policy.answering import as_value
from bot.knowledge.school_policy.model import ANSWERS, Given, SchoolPolicy
from bot.service.policy_writing.files import PolicyError, dumped, write_policy
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
    """Write one answer down, beside the others. Raises PolicyError, and KnowledgeError for faults of the base: also for
    those that it would have with this answer, which is then not written."""
    loaded: list[Knowledge] = []

    def answered() -> str:
        files = read_files(folder)  # as they stand now, while nobody else writes answers
        before = load(files)
        _known(before.policy, name)
        text = _HEAD + dumped(_all_answers(before.policy, {**before.policy.answers, name: given}))
        loaded.extend((before, load(replace(files, contents={**files.contents, ANSWERS: text.encode()}))))
        return text

    write_policy(folder / ANSWERS, answered)
    before, after = loaded
    waiting = set(answers_waiting(after, name)) - set(answers_waiting(before, name))
    return Follows(tuple(sorted(waiting)), tuple(_changed(before, after)))


def _all_answers(policy: SchoolPolicy, given: Mapping[str, Given]) -> Mapping[str, object]:
    questions = policy.questions.items()
    return {"answers": {name: as_value(question, given[name]) for name, question in questions if name in given}}


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
