"""A new account or tool at the terminal: the same questions as everywhere, and the register as lines."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from adapters.console.concern import ask_field, shown_field
from adapters.console.text import StoppedTypingError, typed, wrapped
from bot.accounts.acts import RegisterAct
from bot.accounts.model import Registered
from bot.accounts.words import decisions_of, facts_of, for_whom, standing
from bot.concerns import Asked, Field, IncompleteError, Screen
from bot.concerns.actions import MENUS, ActionField
from bot.knowledge import School
from bot.service.accounts import AccountDesk, SeenAccount

Read = Callable[[str], str]
Write = Callable[[str], None]
Clock = Callable[[], dt.datetime]
NEXT = "Nothing is in use before your line manager and the senior leaders (SLT) have agreed."


class TerminalRequest:
    """One request that is being written at a terminal. What is wrong is asked again, what was typed is kept."""

    def __init__(self, desk: AccountDesk, read: Read, write: Write, now: Clock) -> None:
        self._desk, self._read, self._write, self._now = desk, read, write, now
        self._answers: dict[str, tuple[str, ...]] = {}
        self._submission = secrets.token_urlsafe(24)

    def fill_in(self) -> Registered:
        """From the first question to the number in the register. Raises StoppedTypingError."""
        form = self._desk.form()
        for number, screen in enumerate(form.screens, 1):
            self._write(f"Step {number} of {len(form.screens) + 1}: {screen.title}")
            self._ask(screen.fields)
            self._mend(screen)
        self._write(f"Step {len(form.screens) + 1} of {len(form.screens) + 1}: {form.you.title}")
        self._ask(form.you.fields)
        return self._sent((*form.fields, *form.you.fields))

    def _mend(self, screen: Screen) -> None:
        """Ask again what is wrong or forbidden, until nothing is."""
        while True:
            try:
                self._desk.check(screen, self._answers, self._now())
            except IncompleteError as fault:
                self._again(screen.fields, fault)
            else:
                return

    def _sent(self, fields: Sequence[Field]) -> Registered:
        while True:
            try:
                return self._desk.ask(self._submission, self._answers, self._now(), asked=Asked("terminal"))
            except IncompleteError as fault:
                self._again(fields, fault)

    def _again(self, fields: Sequence[Field], fault: IncompleteError) -> None:
        wrong = [field for field in fields if field.id in fault.problems]
        for field in wrong:
            self._write(wrapped(f"! {field.label}: {fault.problems[field.id]}"))
        if not wrong:  # a loop that asks nothing would never end
            raise fault
        self._ask(wrong)

    def _ask(self, fields: Iterable[Field]) -> None:
        for field in map(_as_numbered, fields):
            if field.only_with and field.only_with[1] not in self._answers.get(field.only_with[0], ()):
                continue
            for line in shown_field(field):
                self._write(wrapped(line))
            try:
                self._answers[field.id] = ask_field(field, self._read)
            except (EOFError, KeyboardInterrupt):
                raise StoppedTypingError from None


def _as_numbered(field: Field) -> Field:
    """Years in the order in which 9 is Year 9: those without a number come last."""
    if field.id != "years":
        return field
    return replace(field, options=tuple(sorted(field.options, key=lambda each: not each.value.startswith("year-"))))


def asked_act(fields: Sequence[ActionField], read: Read, write: Write) -> dict[str, str]:
    """Ask the fields of an act. Raises StoppedTypingError."""
    given: dict[str, str] = {}
    for field in fields:
        write(wrapped(f"{field.label}{'' if field.required else ' (can be left empty)'} {field.hint}".rstrip()))
        for number, option in enumerate(field.options, 1):
            write(wrapped(f"  {number}. {option.label}"))
        answer = typed("> ", read).strip()
        picked = field.kind in MENUS and answer.isdecimal() and 1 <= int(answer) <= len(field.options)
        given[field.id] = field.options[int(answer) - 1].value if picked else answer
    return given


def list_lines(seen: Sequence[SeenAccount]) -> Iterator[str]:
    """The register, a line or two for each."""
    for each in seen:
        yield f"{each.found.number}  {each.found.title}: {standing(each.found)}"
        yield f"    for: {for_whom(each.found)}{_to_do(each)}"
    if not seen:
        yield "Nothing stands in the register yet that you may see. Ask for something: askfirst accounts ask"


def show_lines(school: School, desk: AccountDesk, seen: SeenAccount) -> Iterator[str]:
    """One of them: all of it for whoever may read that, and what they can do."""
    found = seen.found
    yield f"{found.number}  {found.title}"
    if not seen.whole:
        yield f"{standing(found)}. For: {for_whom(found)}"
        yield "Who has a login: " + "; ".join(each.words for each in found.holders)
        return
    for label, text in facts_of(school, desk.form(), found):
        yield wrapped(f"{label}: {'; '.join(text.splitlines())}")
    for line, reason in decisions_of(school, found):
        yield wrapped(f"{line}: {' '.join(reason.split())}")
    for holder in seen.to_hand_over:
        yield f"! To be handed over: the login of {holder.words}"
    yield from (f"You can: {act.id} ({act.title})" for act in seen.acts)


def find_act(seen: SeenAccount, act: str) -> RegisterAct | None:
    """What somebody wants to do to it, if they can."""
    return next((each for each in seen.acts if each.id == act), None)


def _to_do(seen: SeenAccount) -> str:
    said = [act.title.lower() for act in seen.acts if act.id in ("decide", "live")]
    said += [f"hand over the login of {each.name}" for each in seen.to_hand_over]
    return f". FOR YOU: {'; '.join(said)}" if said else ""
