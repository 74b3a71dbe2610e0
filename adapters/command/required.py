"""`askfirst required`: what staff must read. Each of its actions is a function here."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from adapters.command import required_approve
from adapters.command.arguments import day
from adapters.console.account import in_terminal
from adapters.console.required import read_through
from adapters.documents.required import required_csv
from bot.concerns import Actor, Detail
from bot.errors import AskFirstError
from bot.knowledge import Knowledge
from bot.required.model import Colleague
from bot.required.results import RequiredResults
from bot.service.live.last_good import files_or_last_good
from bot.service.required.desk import RequiredDesk, RequiredError
from bot.service.required.subjects import subjects_of
from bot.settings import Settings
from bot.store import Audit, open_for

_BY = Actor("", "the terminal")
_LISTED_ENTRIES = "and entry:ENTRY for each answer (askfirst answers lists them)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of the verb."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("show", help="what is set, and how many have read it (what it does by itself)")
    actions.add_parser("subjects", help="what can be set to be read")
    staff = actions.add_parser("staff", help="take over the office's list of staff (CSV)")
    staff.add_argument("file", type=Path, metavar="FILE", help="with columns for name, e-mail, role and team")
    staff.add_argument(
        "--leavers",
        action="store_true",
        help="take a list that more than a quarter of the staff are missing from: they have all left",
    )
    new = actions.add_parser("set", help="set something to be read by a day")
    new.add_argument("subject", metavar="SUBJECT", help="as askfirst required subjects names it")
    new.add_argument("due", type=day, metavar="DATE", help="by when, as 2027-09-01")
    new.add_argument("--team", action="append", default=[], metavar="TEAM", help="for this team (again: for another)")
    for name, summary in (
        ("end", "nobody needs to read it any more"),
        ("who", "who has read it, and who not yet, by team; that you looked is in the audit"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument("text", metavar="ID", help="as askfirst required shows it")
        if name == "who":
            action.add_argument("--csv", type=Path, metavar="FILE", help="write it as a table")
    for name, summary in (
        ("read", "read and answer here, as somebody on the list; nobody checks the name"),
        ("link", "a personal link to it, for three weeks"),
    ):
        actions.add_parser(name, help=summary).add_argument("email", metavar="EMAIL", help="of somebody on the list")
    approve = actions.add_parser("approve", help="read the questions that staff are asked, and approve their words")
    required_approve.add_arguments(approve)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print what came of it. Raises AskFirstError."""
    now = dt.datetime.now(dt.UTC)
    if parsed.action == "approve":
        return required_approve.run(parsed, settings)
    knowledge = files_or_last_good(settings)
    with contextlib.closing(open_for(settings)) as store:
        desk = RequiredDesk(lambda: knowledge, store, settings.address)
        actions: Mapping[str, Callable[[], Iterator[str]]] = {
            "show": lambda: _shown(desk, now),
            "subjects": lambda: _subjects(knowledge, now),
            "staff": lambda: _staff(desk, parsed, now),
            "set": lambda: _set(desk, parsed, now),
            "end": lambda: _end(desk, parsed.text, now),
            "who": lambda: _who(desk, knowledge, parsed, now),
            "read": lambda: _read(desk, parsed.email, now),
            "link": lambda: _link(desk, store.audit(knowledge.school.id), parsed.email, now),
        }
        for line in actions[parsed.action or "show"]():
            print(line)
    return 0


def _shown(desk: RequiredDesk, now: dt.datetime) -> Iterator[str]:
    yield f"{len(desk.colleagues())} people are on the list of staff."
    for each in desk.all_results():
        ended = " (ended)" if each.text.ended_on else ""
        yield f"{each.text.id}  {desk.count_of(each, now).line}{ended}"


def _subjects(knowledge: Knowledge, now: dt.datetime) -> Iterator[str]:
    for subject, title in subjects_of(knowledge, now):
        if subject.kind != "entry":
            yield f"{subject}  {title}"
    yield _LISTED_ENTRIES


def _staff(desk: RequiredDesk, parsed: argparse.Namespace, now: dt.datetime) -> Iterator[str]:
    try:
        content = parsed.file.read_bytes()
    except OSError as fault:
        raise AskFirstError(
            f"{parsed.file} cannot be read: {fault.strerror}. Check the name, and who may read it"
        ) from None
    change = desk.take_staff(content, _BY, in_terminal(), now, leavers=parsed.leavers)
    yield f"{change.words}."
    for word, names in (("New", change.new), ("Left", change.left), ("Back", change.back), ("Changed", change.changed)):
        if names:
            yield f"  {word}: {', '.join(names)}"


def _set(desk: RequiredDesk, parsed: argparse.Namespace, now: dt.datetime) -> Iterator[str]:
    text = desk.set(parsed.subject, parsed.due, parsed.team, _BY, now)
    yield f"“{text.title}” is to be read by {text.due.isoformat()}: {text.id}"
    yield "Staff are written to on the next school day, in the morning, while askfirst serve or askfirst work runs."


def _end(desk: RequiredDesk, id_: str, now: dt.datetime) -> Iterator[str]:
    if not desk.end(id_, _BY, now):
        raise RequiredError(f"nothing of the id '{id_}' is to be read. askfirst required shows what is")
    yield "Nobody needs to read it any more. Who has read it stays written down."


def _who(desk: RequiredDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> Iterator[str]:
    found = desk.results(parsed.text, _BY, f"{in_terminal()}{', csv' if parsed.csv else ''}", now)
    if found is None:
        raise RequiredError(f"there is nothing of the id '{parsed.text}'. askfirst required shows what is set")
    if parsed.csv:
        try:
            parsed.csv.write_bytes(required_csv(found, knowledge.school.opening.zone))
        except OSError as fault:
            raise AskFirstError(f"{parsed.csv} cannot be written: {fault.strerror}") from None
        yield f"{parsed.csv} has a row for everybody who is to read it."
        return
    yield desk.count_of(found, now).line
    yield from _by_team(found)


def _by_team(found: RequiredResults) -> Iterator[str]:
    for team in found.teams:
        yield f"{team.team}:"
        yield from (f"  not yet   {each.name}" for each in team.waiting)
        yield from (f"  has read  {each.name}" for each, _ in team.done)


def _read(desk: RequiredDesk, email: str, now: dt.datetime) -> Iterator[str]:
    colleague = _listed(desk, email)
    yield from read_through(desk, colleague, lambda: input("> "), now, sys.stdin.isatty())


def _link(desk: RequiredDesk, audit: Audit, email: str, now: dt.datetime) -> Iterator[str]:
    colleague = _listed(desk, email)
    # Whoever makes it could read and answer in another's name: that it was made is never without a trace.
    audit.note("in-terminal", _BY, Detail(reference=f"required link {colleague.id}", way=in_terminal()), now)
    yield desk.link_for(colleague, now)
    yield "It is theirs alone: whoever has it reads and answers in their name. It works for three weeks."


def _listed(desk: RequiredDesk, email: str) -> Colleague:
    found = desk.by_email((email,))
    if found is None:
        raise RequiredError(
            f"nobody on the list of staff has the address '{email}'. askfirst required staff takes a list"
        )
    return found
