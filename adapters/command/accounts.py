"""`askfirst accounts`: ask for a new account or tool, and the register of those that the school has."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.console.account import in_terminal
from adapters.console.accounts import NEXT, TerminalRequest, asked_act, find_act, list_lines, show_lines
from adapters.console.desk import open_desk
from adapters.documents.register import register_csv
from bot.concerns import Actor, Detail, IncompleteError, staff
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.accounts import AccountDesk, NotInRegisterError
from bot.settings import Settings
from bot.store import Store

_ACTS = {
    "decide": "agree to a request or refuse it, with a reason", "live": "say that an approved account is in use now",
    "review": "keep a review, with the day of the next", "leaving": "say that somebody with a login leaves",
    "hand-over": "give a login to somebody else", "close": "close it, or take a request back",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is done, and by whom."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("ask", help="ask for a new account or tool, one question after the other")
    actions.add_parser("list", help="the register, as somebody may see it")
    actions.add_parser("csv", help="the register as a table").add_argument("--out", type=Path, metavar="FILE")
    pdf = actions.add_parser("pdf", help="a request as a risk assessment on paper")
    pdf.add_argument("--out", type=Path, required=True, metavar="FILE")
    named = {"show": actions.add_parser("show", help="one of them"), "pdf": pdf}
    named |= {name: actions.add_parser(name, help=said) for name, said in _ACTS.items()}
    for each in named.values():
        each.add_argument("number", metavar="NUMBER", help="as the list shows it, such as A-7K2Q")
    for name, each in actions.choices.items():
        if name != "ask":
            who = "who you are: the name in front of your line in school.yaml"
            each.add_argument("--as", dest="person", required=True, metavar="PERSON", help=who)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print what comes of it. Raises AskFirstError."""
    with open_desk(settings) as opened:
        desk = _Desk(AccountDesk(lambda: opened.knowledge, opened.store), opened.store, opened.school, parsed)
        for line in desk.lines():
            print(line)
    return 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class _Desk:
    """What somebody typed, and what it is done with."""

    accounts: AccountDesk
    store: Store
    school: School
    parsed: argparse.Namespace

    @property
    def who(self) -> str:
        return str(self.parsed.person)

    def lines(self) -> Iterable[str]:
        """Do what the action says. It is written down first: at a terminal nobody signs in."""
        action = str(self.parsed.action)
        if action == "ask":
            found = TerminalRequest(self.accounts, input, print, _now).fill_in()
            return [f"Sent. Its number in the register: {found.number}. {NEXT}"]
        if self.who not in (people := [each.id for each in staff(self.school)]):
            known = ", ".join(people)
            if self.who in self.school.people:
                raise AskFirstError(f"'{self.who}' is in school.yaml, but is nobody of the staff: {known}")
            raise AskFirstError(f"there is nobody '{self.who}' in school.yaml. The people are: {known}")
        self._write_down(action)
        return _LOOKING[action](self) if action in _LOOKING else _do(self, action)

    def _write_down(self, action: str) -> None:
        number = getattr(self.parsed, "number", "")
        actor = Actor(self.who, self.school.people[self.who].name)
        detail = Detail(reference=f"accounts {action} {number}".strip(), way=in_terminal())
        self.store.audit(self.school.id).note("in-terminal", actor, detail, _now())


def _list(desk: _Desk) -> Iterable[str]:
    return list_lines(desk.accounts.listed(desk.who, _now()))


def _show(desk: _Desk) -> Iterable[str]:
    seen = desk.accounts.view(desk.who, desk.parsed.number, _now(), "the terminal")
    return show_lines(desk.school, desk.accounts, seen)


def _csv(desk: _Desk) -> Iterable[str]:
    seen = desk.accounts.exported(desk.who, "csv", _now(), "the terminal")
    table = register_csv(seen, desk.school.opening.zone)
    if desk.parsed.out is None:
        sys.stdout.buffer.write(table)
        return ()
    _write(desk.parsed.out, table)
    return (f"Written: {desk.parsed.out}",)


def _pdf(desk: _Desk) -> Iterable[str]:
    from adapters.documents.accounts import risk_pdf  # it takes a while to load, and few need it

    now, seen = _now(), desk.accounts.view(desk.who, desk.parsed.number, _now(), "the terminal")
    if not seen.whole:
        raise NotInRegisterError
    by = desk.school.people[desk.who].name
    _write(desk.parsed.out, risk_pdf(desk.school, desk.accounts.form(), seen.found, by, now))
    return (f"Written: {desk.parsed.out}",)


def _do(desk: _Desk, action: str) -> Iterable[str]:
    seen = desk.accounts.view(desk.who, desk.parsed.number, _now(), "the terminal")
    act = find_act(seen, action)
    if act is None:
        can = ", ".join(each.id for each in seen.acts) or "nothing"
        raise AskFirstError(f"{action} is not yours to do with {seen.found.number} now. You can do: {can}")
    given = asked_act(desk.accounts.fields(seen, act), input, print)
    try:
        return (desk.accounts.act(desk.who, seen.found.number, action, given, _now(), "the terminal").said,)
    except IncompleteError as fault:
        raise AskFirstError(f"nothing was kept. {' '.join(fault.problems.values())}") from None


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise AskFirstError(f"{file} cannot be written: {fault.strerror}. Name another place") from None


_LOOKING: Mapping[str, Callable[[_Desk], Iterable[str]]] = {"list": _list, "show": _show, "csv": _csv, "pdf": _pdf}
