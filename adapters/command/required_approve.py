"""`askfirst required approve`: somebody reads the questions that staff are asked, and approves these very words."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator

from adapters.command.arguments import day
from adapters.console.text import wrapped
from bot.knowledge import Knowledge, load
from bot.knowledge.approvals.rules import GRAVE_BY
from bot.knowledge.checks.model import CheckQuestion
from bot.knowledge.checks.words import digest_of_check
from bot.service.approving.signing import Signature
from bot.service.policy_writing.approving import check_signature
from bot.service.policy_writing.files import PolicyError
from bot.service.required.approving import approve_questions, questions_to_approve
from bot.settings import Settings
from bot.tips import local_day

_WHO = f"Say who approves: --by NAME --role {' or '.join(GRAVE_BY)}, as in school.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who approves."""
    parser.add_argument("--by", metavar="NAME", help="who approves: the name as it stands in school.yaml, in quotes")
    parser.add_argument("--role", choices=GRAVE_BY, metavar="ROLE", help=f"that they hold: {' or '.join(GRAVE_BY)}")
    parser.add_argument("--on", type=day, metavar="DATE", help="the day on which they did, if that is not today")
    parser.add_argument("--yes", action="store_true", help="ask nothing: they have read the questions elsewhere")
    parser.add_argument("--made-up", action="store_true", help="for the demo school")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Approve, and say how it stands; 1 where somebody would not approve one. Raises PolicyError."""
    knowledge = load(settings.knowledge)
    waiting = list(questions_to_approve(knowledge))
    if not waiting:
        print("Every question about an answer that is served is approved as it stands.")
        return 0
    if not parsed.by or not parsed.role:
        print("\n".join(line for each in waiting for line in shown(knowledge, each)))
        raise PolicyError(_WHO)
    today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
    signature = Signature(parsed.by, parsed.role, parsed.on or today, made_up=parsed.made_up)
    check_signature(knowledge, signature, today)
    chosen = waiting if parsed.yes else list(_asked(knowledge, waiting, parsed.by))
    read = [(each.id, digest_of_check(each, knowledge.entries[each.entry])) for each in chosen]
    approved = approve_questions(settings.knowledge, read, signature) if read else 0
    print(f"{len(read)} of {len(waiting)} questions were approved. {approved} stand.")
    return 0 if len(read) == len(waiting) else 1


def shown(knowledge: Knowledge, check: CheckQuestion) -> Iterator[str]:
    """A question with its options, the right one first, and the answer that it is about."""
    entry = knowledge.entries[check.entry]
    yield from ("", check.id, *_indented(check.question), *_indented(f"Right: {check.right}"))
    for each in check.wrong:
        yield from _indented(f"Wrong: {each}")
    yield from _indented(f"The answer ({entry.id}): {entry.badge}. {entry.answer}")


def _asked(knowledge: Knowledge, waiting: list[CheckQuestion], by: str) -> Iterator[CheckQuestion]:
    for each in waiting:
        print("\n".join(shown(knowledge, each)))
        try:
            said = input(f"{by}, do you approve these words? (y/n) ").strip().lower()
        except EOFError:
            print("\nStopped.")
            return
        if said in ("y", "yes"):
            yield each


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {line}" for line in wrapped(text).splitlines())
