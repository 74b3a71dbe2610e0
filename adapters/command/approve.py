"""`askfirst approve`: somebody reads answers and approves these very words, or takes an approval back."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from adapters.chat.replies import place_of
from adapters.command.arguments import day
from adapters.console.text import wrapped
from bot.answering.answers import source_of
from bot.concerns.words import day as in_words
from bot.knowledge import Approval, Approvals, Entry, Knowledge, load
from bot.knowledge.approvals import FILE
from bot.knowledge.approvals.first import first_to_approve
from bot.knowledge.approvals.rules import APPROVERS, GRAVE_BY
from bot.knowledge.approvals.standing import nothing_approved
from bot.service.approving.files import NotApprovedError
from bot.service.approving.signing import (
    UNSEALED,
    Signature,
    approval_of,
    check_held,
    check_signature,
    chosen,
    keep,
    read_against,
    still_to_approve,
    withdraw,
)
from bot.settings import Settings
from bot.tips import local_day

Ask = Callable[[str], str]
_WHO = "Say who approves: --by NAME --role ROLE, as in school.yaml"
_WHICH = "Name the entries whose approval is to be taken back, one by one: askfirst approve --withdraw ENTRY"
_ROLE = (
    f"the role that they hold in school.yaml: {' or '.join(GRAVE_BY)}; for an answer that is not about safeguarding "
    f"also {', '.join(each for each in APPROVERS if each not in GRAVE_BY)}"
)
_REVIEW_BY = "the day by which it is read again, as 2027-03-31 (default: in a year; safeguarding: the next 31 August)"
_HELD = "On hold until somebody has checked them (askfirst approve ENTRY shows the words)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which entries, who approves them, until when."""
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help="ids of answers; none: say which wait for approval")
    parser.add_argument("--all", action="store_true", help="go through every answer that waits, one after the other")
    parser.add_argument("--by", metavar="NAME", help="who approves: the name as it stands in school.yaml, in quotes")
    parser.add_argument("--role", choices=APPROVERS, metavar="ROLE", help=_ROLE)
    parser.add_argument("--review-by", type=day, metavar="DATE", help=_REVIEW_BY)
    parser.add_argument(
        "--on", type=day, metavar="DATE", help="the day on which they approved it, if that is not today"
    )
    parser.add_argument("--confirm", action="store_true", help="answer yes to every “True of your school?”")
    parser.add_argument("--yes", action="store_true", help="show and ask nothing: they have read the answers elsewhere")
    parser.add_argument(
        "--made-up", action="store_true", help="for the demo school: each answer says that it is made up"
    )
    parser.add_argument("--withdraw", action="store_true", help="take the approval of these answers back, at once")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Approve and say how it stands; 1 where somebody would not approve one."""
    if parsed.withdraw:
        return _withdraw(settings, () if parsed.all else tuple(dict.fromkeys(parsed.entries)))
    knowledge = load(settings.knowledge, approved=False)
    today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
    if not parsed.entries and not parsed.all:
        print("\n".join(waiting_lines(load(settings.knowledge))))
        return 0
    entries = chosen(knowledge, parsed.entries, parsed.all, parsed.made_up)
    for entry in entries:
        if entry.hold:  # it is read by whoever checks it
            print("\n".join(shown(knowledge, entry)))
    check_held(entries)
    if not parsed.by or not parsed.role:
        raise NotApprovedError(_WHO)
    signature = Signature(parsed.by, parsed.role, parsed.on or today, parsed.review_by, parsed.made_up)
    check_signature(knowledge, signature, entries, today)
    return _approve(knowledge, signature, entries, parsed, settings)


def _withdraw(settings: Settings, entries: Sequence[str]) -> int:
    """Without a look at any other file: it is done at once, whatever is wrong there."""
    if not entries:
        raise NotApprovedError(_WHICH)
    left = withdraw(settings.knowledge, entries)
    stand = "1 other stands" if left == 1 else f"{left} others stand"
    print(f"Taken back: {', '.join(entries)}. Whoever asks is told whom to ask. {stand} in {FILE}.")
    return 0


def _approve(
    knowledge: Knowledge, signature: Signature, entries: Sequence[Entry], parsed: argparse.Namespace, settings: Settings
) -> int:
    if parsed.yes:
        given = [
            approval_of(each, signature, each.confirm if parsed.confirm else (), read_against(knowledge, each))
            for each in entries
        ]
        _tell(knowledge, keep(settings.knowledge, given, signature.made_up, only=parsed.all))
        return 0
    to_ask = still_to_approve(settings.knowledge, entries, signature.on) if parsed.all else entries
    approved = 0
    for entry in to_ask:
        try:
            approval = ask_about(knowledge, entry, signature, parsed.confirm, input)
        except EOFError:
            print("\nStopped.")
            break
        if approval:  # at once: whoever stops half-way has approved what they have
            _tell(knowledge, keep(settings.knowledge, (approval,), signature.made_up))
            approved += 1
    if not approved:
        print("Nothing was approved.")
    return 0 if approved == len(to_ask) else 1


def ask_about(knowledge: Knowledge, entry: Entry, signature: Signature, confirmed: bool, ask: Ask) -> Approval | None:
    """Show one entry, ask what is to be ticked and whether it is approved; None where it is not. Raises EOFError at the
    end of the input."""
    print("\n".join(shown(knowledge, entry)))
    for item in entry.confirm:
        if not confirmed and not _is_yes(ask(f"True of your school: {item}? (y/n) ")):
            print(f"Not approved. Change {entry.file} so that it is true, or leave the entry out.")
            return None
    if _is_yes(ask(f"{signature.by}, do you approve these words? (y/n) ")):
        return approval_of(entry, signature, entry.confirm, read_against(knowledge, entry))
    print("Not approved.")
    return None


def shown(knowledge: Knowledge, entry: Entry) -> Iterator[str]:
    """Everything of an entry that staff can see, and what it rests on."""
    yield from ("", f"{entry.id} ({entry.file})", f"  {entry.title}")
    yield from _spoken(entry.badge, entry.answer, entry.why, entry.instead)
    if facts := entry.facts:
        for case in facts.cases:
            yield f"  If {facts.fact} is {case.value}:"
            yield from _spoken(case.badge, case.answer, case.why, case.instead)
    asked = (entry.facts.ask if entry.facts else None, entry.note, entry.ask, ", ".join(entry.nations))
    for name, value in zip(("Asks back", "Note", "Whom to ask", "Holds in"), asked, strict=True):
        if value:
            yield from _wrapped(f"{name}: {value}")
    yield "  Rests on:"
    for clause in entry.cites:
        source = source_of(knowledge.clauses[clause], knowledge.school.nation)
        yield from _wrapped(f"- {source.text} ({place_of(source)})")
    yield from (f"  To be true of your school: {item}" for item in entry.confirm)
    for tip in knowledge.tips:
        if tip.entry == entry.id:
            yield from _wrapped(f"Tip {tip.id}, not part of what you approve: {tip.text}")


def waiting_lines(knowledge: Knowledge) -> Iterator[str]:
    """How the approvals stand, which answers of this nation are not approved as they stand, the most important first,
    and what to do."""
    said = nothing_approved(knowledge)
    yield f"Approvals: {said}" if said else _told(knowledge, knowledge.approvals or Approvals())
    here = [each for each in knowledge.entries.values() if each.holds_in(knowledge.school.nation)]
    first = [each.id for each in first_to_approve(knowledge) if each.withheld and not each.hold]
    new = sorted(each.id for each in here if each.withheld and not each.hold and each.id not in first)
    changed = sorted(knowledge.waiting)
    for words, names in (
        ("Approve these first", first),
        ("Not approved, and not served", new),
        ("Changed since they were approved", changed),
        (_HELD, sorted(each.id for each in here if each.hold)),
    ):
        if names:
            yield f"{words}: {', '.join(names)}"
    if next_one := [*first, *new, *changed][:1]:
        yield f'Read one and approve it: askfirst approve {next_one[0]} --by "NAME" --role ROLE'


def _spoken(badge: str, *parts: str) -> Iterator[str]:
    yield f"  [{badge}]"
    for part in filter(None, parts):
        yield from _wrapped(part)


def _wrapped(text: str) -> list[str]:
    return [f"  {line}" for line in wrapped(text).splitlines()]


def _is_yes(typed: str) -> bool:
    return typed.strip().lower() in ("y", "yes")


def _tell(knowledge: Knowledge, kept: Approvals) -> None:
    if dropped := len(kept.unsealed):
        which = "1 approval without a seal does" if dropped == 1 else f"{dropped} approvals without a seal do"
        print(f"{which} not count and left {FILE}. The file as it was is {UNSEALED}.")
    print(_told(knowledge, kept))


def _told(knowledge: Knowledge, approvals: Approvals) -> str:
    there = {name: each for name, each in approvals.given.items() if name in knowledge.entries}
    nation = knowledge.school.nation
    others = sum(name not in there and each.holds_in(nation) for name, each in knowledge.entries.items())
    soonest = min((each.review_by for each in there.values()), default=None)
    again = f", the first to be read again by {in_words(soonest)}" if soonest else ""
    left = f" {_counted(others)} not, and not served." if others else ""
    return f"{_counted(len(there), ' answer')} approved{again}.{left}"


def _counted(number: int, what: str = "") -> str:
    return f"{number}{what}{'s' if what and number != 1 else ''} {'is' if number == 1 else 'are'}"
