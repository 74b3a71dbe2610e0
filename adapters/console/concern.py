"""Logging a concern on the terminal: the same form as everywhere, one question after the other."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator

from adapters.console.storing import SECONDS, stored
from adapters.console.text import moment, to_ring, typed, wrapped
from bot.concerns import Advice, Asked, Field, IncompleteError, Receipt
from bot.concerns.guidance import after_logging, before_writing, kept_elsewhere, not_logged
from bot.concerns.receipt import once_stored
from bot.errors import AskFirstError, without_content
from bot.knowledge import School
from bot.service.casework import Casework
from bot.store import UnknownConcernError

Read = Callable[[str], str]
Write = Callable[[str], None]
Clock = Callable[[], dt.datetime]
_AGAIN = "Press Enter to try again, or type stop: "


class NotLoggedError(AskFirstError):
    """It was not stored, or may not have been; the text is the core's and says whom to ring."""

    def __init__(self, advice: Iterable[Advice], fault: str = "") -> None:
        told = " ".join(part for each in advice for part in (each.text, _numbers(each)) if part)
        super().__init__(f"{told} ({fault})" if fault else told)


class StoppedError(NotLoggedError):
    """The person stopped filling in the form."""


def log_concern(
    casework: Casework, school: School, read: Read, write: Write, now: Clock, seconds: float = SECONDS
) -> None:
    """Ask, store, show the receipt. What is wrong is asked again; what was typed is kept. Raises StoppedError, and
    NotLoggedError where the store takes it neither now nor when it is tried again. The store has so many `seconds`."""
    TerminalForm(casework, school, read, write, now, seconds).fill_in()


class TerminalForm:
    """One concern that is being written at a terminal."""

    def __init__(
        self, casework: Casework, school: School, read: Read, write: Write, now: Clock, seconds: float
    ) -> None:
        self._casework, self._school, self._now, self._seconds = casework, school, now, seconds
        self._read, self._write = read, write
        self._submission, self._form = secrets.token_urlsafe(24), casework.form()
        self._answers: dict[str, tuple[str, ...]] = {}

    def fill_in(self) -> None:
        """From the first question to the receipt; nothing is asked where concerns are kept elsewhere."""
        if away := kept_elsewhere(self._school, self._now()):
            self._say(away)
            return
        self._ask(self._form.first.fields)
        self._say(before_writing(self._school, self._answers, None, self._now()))
        self._ask((*self._form.report.fields, *self._form.reporter.fields))
        while not (receipt := self._logged()):
            pass
        self._write(wrapped(f"{once_stored(receipt)} Your receipt: {receipt.receipt}"))
        self._write(
            wrapped("Keep this number. With it you can see who has answered, and add more: askfirst receipt NUMBER")
        )
        self._say(after_logging(self._school, receipt))

    def _logged(self) -> Receipt | None:
        """Try to store it; None where something was asked again and it is worth another try."""
        try:
            return self._stored()
        except IncompleteError as fault:
            wrong = [field for field in self._fields() if field.id in fault.problems]
            for field in wrong:
                self._write(wrapped(f"! {field.label}: {fault.problems[field.id]}"))
            self._ask(wrong)
        except Exception as fault:  # also what nobody expected: whoever has a concern hears that it was not logged
            self._try_again(fault)
        return None

    def _stored(self) -> Receipt:
        return stored(
            lambda: self._casework.log(self._submission, dict(self._answers), self._now(), asked=Asked("terminal")),
            self._seconds,
        )

    def _try_again(self, fault: Exception) -> None:
        """Say that it was not logged, and wait until somebody wants to try again. Raises NotLoggedError."""
        certain = not isinstance(fault, TimeoutError)
        advice = not_logged(self._school, self._answers, None, self._now(), certain=certain)
        self._say(advice)
        try:
            stops = self._read(_AGAIN).strip()
        except (EOFError, KeyboardInterrupt):
            stops = "stop"
        if stops:
            raise NotLoggedError((each for each in advice if each.kind != "kept"), _cause(fault)) from None

    def _ask(self, fields: Iterable[Field]) -> None:
        for field in fields:
            if field.only_with and field.only_with[1] not in self._answers.get(field.only_with[0], ()):
                continue
            for line in shown_field(field):
                self._write(wrapped(line))
            try:
                self._answers[field.id] = ask_field(field, self._read)
            except (EOFError, KeyboardInterrupt):
                raise self._stopped() from None

    def _stopped(self) -> StoppedError:
        school, answers, now = self._school, self._answers, self._now()
        return StoppedError(not_logged(school, answers, None, now, certain=True, because="you stopped", kept=False))

    def _fields(self) -> tuple[Field, ...]:
        return (*self._form.first.fields, *self._form.report.fields, *self._form.reporter.fields)

    def _say(self, advice: Iterable[Advice]) -> None:
        for each in advice:
            for line in _lines_of(each):
                self._write(wrapped(line))


def follow(casework: Casework, school: School, receipt: str, now: dt.datetime) -> list[str]:
    """What has become of a concern, for whoever holds the receipt."""
    found = casework.follow(receipt, now)
    if found is None:
        if lost := casework.not_here(now):
            raise NotLoggedError(lost)
        raise AskFirstError("there is no such receipt. Check the number: it has ten letters and digits")
    lines = [f"Concern {found.number}"]
    lines += [f"  {moment(step.at, school.opening.zone)}  {step.text}" for step in found.steps]
    if found.ring:
        lines += ["Nobody has answered yet. Do not wait, ring:", *map(to_ring, found.ring)]
    return lines


def add_more(casework: Casework, school: School, receipt: str, read: Read, now: Clock) -> None:
    """Ask what is to be added to a concern, and add it. Raises StoppedTypingError, NotLoggedError where it was not
    added or may not have been, and AskFirstError."""
    text = typed("What is to be added: ", read)
    try:
        stored(lambda: casework.add(receipt, text, now()))
    except UnknownConcernError:
        raise
    except IncompleteError as fault:
        raise AskFirstError(f"nothing was added. {' '.join(fault.problems.values())}") from None
    except Exception as fault:  # as where a concern is logged
        certain = not isinstance(fault, TimeoutError)
        advice = not_logged(school, {}, None, now(), certain=certain, kept=False, word="added")
        raise NotLoggedError(advice, _cause(fault)) from None


def _cause(fault: Exception) -> str:
    """What went wrong, as far as there is more to say than that it took too long."""
    return "" if isinstance(fault, TimeoutError) else without_content(fault)


def shown_field(field: Field) -> Iterator[str]:
    """What is asked, with what can be picked and how to answer."""
    yield ""
    yield f"{field.label}{' (needed)' if field.required else ''}"
    if field.hint:
        yield f"  {field.hint}"
    for number, option in enumerate(field.options, 1):
        yield f"  {number}. {option.label}"
    if field.kind == "choices":
        yield "  Type one or more numbers, with spaces between them."
    if field.kind == "text":
        yield "  End with an empty line."


def ask_field(field: Field, read: Read) -> tuple[str, ...]:
    """What somebody types for it. Raises EOFError or KeyboardInterrupt where they stop."""
    if field.options:
        return _picked(field, read("> "))
    if field.kind != "text":
        return (read("> ").strip(),)
    lines = []
    while line := read("> ").rstrip():
        lines.append(line)
    return ("\n".join(lines),)


def _picked(field: Field, typed: str) -> tuple[str, ...]:
    """Numbers, or the words themselves -> the values; what is neither is kept, to be complained of."""
    found = []
    for word in typed.replace(",", " ").split():
        if word.isdecimal() and 1 <= int(word) <= len(field.options):
            found.append(field.options[int(word) - 1].value)
        else:
            found.append(word.lower())
    return tuple(dict.fromkeys(found))


def _lines_of(advice: Advice) -> Iterator[str]:
    yield ""
    if advice.heading:
        yield f"! {advice.heading}" if advice.urgent else advice.heading
    if advice.kind == "told":
        yield ", ".join(f"{person.name} ({person.role})" for person in advice.people)
    if advice.text:
        yield advice.text
    if advice.link:
        yield advice.link
    if advice.kind != "told":
        yield from map(to_ring, advice.people)


def _numbers(advice: Advice) -> str:
    return " or ".join(f"{person.name} on {person.phone}" for person in advice.people) + "." if advice.people else ""
