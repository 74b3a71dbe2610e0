"""`askfirst policy ask`: the questionnaire in the terminal. Each answer is written down at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence

from adapters.console.text import StoppedTypingError, typed
from bot.knowledge import Knowledge, load
from bot.knowledge.school_policy.answering import WrongAnswerError, as_value, given_as
from bot.knowledge.school_policy.model import Given, PolicyQuestion
from bot.knowledge.schools.model import ROLES, SERVICES
from bot.service.policy_writing.answering import Follows, write_answer
from bot.service.policy_writing.files import PolicyError
from bot.settings import Settings

Read = Callable[[str], str]
_CELLS = "|"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which questions."""
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help="ask these (default: those without an answer)")
    parser.add_argument("--all", action="store_true", help="ask every question again")
    parser.add_argument("--list", action="store_true", help="print the questions with their answers, and ask nothing")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ask and write down. Raises KnowledgeError and PolicyError."""
    knowledge = load(settings.knowledge)
    if parsed.list:
        print("\n".join(listed(knowledge)))
        return 0
    names = _chosen(knowledge, parsed.questions, parsed.all)
    if not names:
        print("Every question is answered. Ask one again by its name, or all of them with --all.")
    for place, name in enumerate(names, 1):
        question = knowledge.policy.questions[name]
        print("\n".join(asked(knowledge, question, f"{place} of {len(names)}")))
        try:
            given = read_answer(question, knowledge.policy.given(name), input)
        except StoppedTypingError:
            print("\nStopped. What was answered is kept; go on with: askfirst policy ask")
            break
        print("\n".join(told(write_answer(settings.knowledge, name, given))))
    return 0


def _chosen(knowledge: Knowledge, names: Sequence[str], every: bool) -> list[str]:
    policy = knowledge.policy
    if not policy.questions:
        raise PolicyError("This base has no policy/questions.yaml: take the folder policy/ from what AskFirst brings")
    if strange := [name for name in names if name not in policy.questions]:
        raise PolicyError(f"There is no question '{strange[0]}'. They are: {', '.join(policy.questions)}")
    return list(names) or [name for name in policy.questions if every or name not in policy.answers]


def listed(knowledge: Knowledge) -> Iterator[str]:
    """Every question with what counts now, by topic."""
    topic = ""
    for name, question in knowledge.policy.questions.items():
        if question.topic != topic:
            topic = question.topic
            yield topic
        usual = "" if name in knowledge.policy.answers else " (not answered yet; this is the usual answer)"
        yield f"  {name}: {question.ask}"
        yield f"    {_in_words(question, knowledge.policy.given(name))}{usual}"


def asked(knowledge: Knowledge, question: PolicyQuestion, place: str) -> Iterator[str]:
    """A question with what may be answered."""
    yield from ("", f"{place}. {question.topic}: {question.ask}")
    if question.help:
        yield f"  {question.help}"
    if question.kind == "role":
        yield from (f"  {role}: {who}" for role in ROLES if (who := _holders(knowledge, role)))
    for number, option in enumerate(question.options.values(), 1):
        yield f"  {number}  {option.label}"
    yield f"  {_HOW[question.kind].format(low=question.low, high=question.high)}"
    if question.kind == "rows":
        yield f"  {f' {_CELLS} '.join(column.heading for column in question.columns)}"
        yield from (f"  {column.heading}: {', '.join(column.options)}" for column in question.columns if column.options)


_HOW = {
    "choice": "Type its number.",
    "several": "Type the numbers of all that you want, with commas between them.",
    "role": "Type a role.",
    "number": "Type a whole number from {low} to {high}.",
    "text": "Type it in a few words.",
    "rows": f"Type one a line, with {_CELLS} between the columns, and an empty line at the end.",
}


def _holders(knowledge: Knowledge, role: str) -> str:
    people = [person.name for held, ids in knowledge.school.roles.items() if held == role and held not in SERVICES
              for person in (knowledge.school.people[each] for each in ids)]  # fmt: skip
    return ", ".join(people)


def read_answer(question: PolicyQuestion, now: Given, read: Read) -> Given:
    """Ask until what was typed is an answer; an empty line keeps what counts now. Raises StoppedTypingError."""
    while True:
        first = typed(f"[{_in_words(question, now)}] ", read).strip()
        if not first:
            return now
        try:
            return given_as(question, _value(question, first, read))
        except WrongAnswerError as wrong:
            print(f"  That {wrong}.")


def _value(question: PolicyQuestion, first: str, read: Read) -> object:
    if question.kind == "rows":
        lines = [first]
        while line := typed("", read).strip():
            lines.append(line)
        names = [column.id for column in question.columns]
        return [dict(zip(names, (cell.strip() for cell in line.split(_CELLS)), strict=False)) for line in lines]
    if question.kind == "several":
        return [_option(question, each.strip()) for each in first.split(",") if each.strip()]
    return _option(question, first) if question.kind == "choice" else first


def _option(question: PolicyQuestion, text: str) -> str:
    """The option of this number, or what was typed."""
    options = list(question.options)
    return options[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(options) else text


def _in_words(question: PolicyQuestion, given: Given) -> str:
    if question.kind == "rows":
        return "; ".join(f" {_CELLS} ".join(row) for row in given.rows)
    if question.kind == "choice":
        return question.options[given.value].label
    if question.kind == "several":
        return ", ".join(question.options[each].label for each in given.several)
    return str(as_value(question, given))


def told(follows: Follows) -> Iterator[str]:
    """What follows from an answer."""
    yield "  Written down."
    if follows.paragraphs:
        yield f"  Other words now stand in these clauses, to be approved: {', '.join(follows.paragraphs)}"
        yield "    askfirst policy approve"
    if follows.entries:
        yield "  So do they in these answers to staff. Until they are approved the former words are served:"
        yield f"    askfirst approve {' '.join(follows.entries)}"
