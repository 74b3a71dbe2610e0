"""Somebody answers a question of the questionnaire: it is written down, and what follows is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge import Knowledge, load, read_files
from bot.knowledge.approvals import digest_of
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


class AnsweredMeanwhileError(PolicyError):
    """Somebody else has answered this question since it was shown; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else has answered this question since it was shown to you")


@dataclass(frozen=True)
class Answered:
    """A base as it stands and as it is with one more answer; `text` is answers.yaml then."""

    before: Knowledge
    after: Knowledge
    text: str

    def follows(self, name: str) -> Follows:
        """What is to be approved again."""
        waiting = set(answers_waiting(self.after, name)) - set(answers_waiting(self.before, name))
        return Follows(tuple(sorted(waiting)), tuple(_changed(self.before, self.after)))


def with_answer(folder: Path, name: str, given: Given, live: Knowledge | None = None) -> Answered:
    """The base of the files as they stand now, and with this answer; nothing is written. `live` is a base that may have
    been read from the same files. Raises PolicyError, and KnowledgeError for faults of either."""
    files = read_files(folder)
    before = live if live and live.fingerprint == files.fingerprint else load(files)
    _known(before.policy, name)
    text = _HEAD + dumped(_all_answers(before.policy, {**before.policy.answers, name: given}))
    return Answered(before, load(replace(files, contents={**files.contents, ANSWERS: text.encode()})), text)


def write_answer(
    folder: Path, name: str, given: Given, *, live: Knowledge | None = None, was: str | None = None,
    told: Callable[[Answered], object] = lambda _: None,
) -> Follows:  # fmt: skip
    """Write one answer down, beside the others. `was` is how it stood when it was shown (`state_of`), None where nobody
    was shown it; `told` is called when nothing is wrong with it, before it is written. Raises PolicyError,
    AnsweredMeanwhileError, and KnowledgeError for faults of the base: also for those that it would have with this
    answer, which is then not written."""
    made: list[Answered] = []

    def answered() -> str:  # as the files stand now, while nobody else writes answers
        made.append(with_answer(folder, name, given, live))
        if was is not None and state_of(made[0].before.policy, name) != was:
            raise AnsweredMeanwhileError
        told(made[0])
        return made[0].text

    write_policy(folder / ANSWERS, answered)
    return made[0].follows(name)


def state_of(policy: SchoolPolicy, name: str) -> str:
    """What changes when somebody answers a question: by it two people are told apart who answer at once."""
    given = policy.answers.get(name)
    return digest_of({"given": as_value(policy.questions[name], given) if given else None})[:16]


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
