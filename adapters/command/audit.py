"""`askfirst audit`: the log of concerns without its content, and the proof that nothing stored was changed."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

from bot.concerns import ASKFIRST
from bot.knowledge import School, load
from bot.settings import Settings
from bot.store import AuditLine, Store, open_for

_PROVED = "Nothing that the log proves was changed or removed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to print the log or to prove it."""
    parser.add_argument("action", nargs="?", choices=("print", "verify"), default="print")
    parser.add_argument(
        "--since",
        default="",
        metavar="LINE",
        help="with verify: a line that you kept elsewhere, such as 12:0123456789ab; the log must still go on from it",
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the lines, or what the proof found: 1 where something was changed. Raises AskFirstError where what somebody
    kept is no line."""
    now, school = dt.datetime.now(dt.UTC), load(settings.knowledge).school
    with contextlib.closing(open_for(settings)) as store:
        proves = parsed.action == "verify" or parsed.since
        whole, lines = verify(store, school, now, parsed.since) if proves else (True, audit(store, school))
    print("\n".join(lines))
    return 0 if whole else 1


def audit(store: Store, school: School) -> list[str]:
    """A line for each event, oldest first: number and hash, time, concern, what, who, and how."""
    lines = [_shown(line, school.opening.zone) for line in store.audit(school.id).lines()]
    return lines or ["Nothing has been logged yet."]


def _shown(line: AuditLine, zone: ZoneInfo) -> str:
    at = f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    deleted = "" if line.kept else "  (content deleted)"
    remark = f"  ({line.remark})" if line.remark else ""
    return f"{line.mark:>20}  {at}  {line.concern or '-':7}{line.kind:17}{_who(line)}{remark}{deleted}"


def _who(line: AuditLine) -> str:
    """Who it was; nobody's name who is not in school.yaml."""
    # What belongs to no concern was done by somebody of school.yaml or at the server, never by a reporter.
    return line.by.person or (line.by.name if line.by == ASKFIRST or not line.concern else "reporter")


def verify(store: Store, school: School, now: dt.datetime, kept: str = "") -> tuple[bool, list[str]]:
    """(whether all is as the log says, what was found). `kept` is a line that somebody kept elsewhere, or empty."""
    audited = store.audit(school.id)
    proof = audited.proof(now, kept)
    remarks = proof.remarks(school.opening.zone)
    if proof.faults:
        changed = "Somebody else changed the database, or it is damaged. Keep the database as it is."
        return False, [*proof.faults, *remarks, changed]
    held = f" It goes on from line {kept}." if kept else ""
    whole = f"{proof.lines} lines, each follows from the one before it.{held}"
    many = "1 concern" if proof.concerns == 1 else f"{proof.concerns} concerns"
    tables = f"Readers, urgency, kind, reporter, receipt and alerts of {many} are as they say."
    return True, [whole, tables, *remarks, _PROVED, *_kept(audited.head())]


def _kept(head: str) -> list[str]:
    if not head:
        return []
    return [f"Keep this line elsewhere, on paper for one: {head}. Later: askfirst audit verify --since {head}"]
