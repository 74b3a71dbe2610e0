"""`askfirst policy approve`: somebody reads the clauses of the policy and approves these very words."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator

from adapters.command.arguments import day
from adapters.console.text import wrapped
from bot.knowledge import Knowledge, load
from bot.knowledge.approvals.rules import GRAVE_BY
from bot.knowledge.school_policy.model import PolicyParagraph
from bot.service.approving.signing import Signature
from bot.service.policy_writing.approving import approve_paragraphs, check_signature, to_approve
from bot.service.policy_writing.files import PolicyError
from bot.service.policy_writing.filling_in import (
    cites_in,
    digest_of_paragraph,
    is_borrowed,
    points_of,
    with_answers,
    with_people,
)
from bot.settings import Settings
from bot.tips import local_day

_WHO = f"Say who approves: --by NAME --role {' or '.join(GRAVE_BY)}, as in school.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who approves."""
    parser.add_argument("--by", metavar="NAME", help="who approves: the name as it stands in school.yaml, in quotes")
    parser.add_argument(
        "--role", choices=GRAVE_BY, metavar="ROLE", help=f"the role that they hold: {' or '.join(GRAVE_BY)}"
    )
    parser.add_argument(
        "--on", type=day, metavar="DATE", help="the day on which they approved it, if that is not today"
    )
    parser.add_argument(
        "--review-by",
        type=day,
        metavar="DATE",
        help="by when it is read again (default: the latest, 31 August)",
    )
    parser.add_argument("--yes", action="store_true", help="show and ask nothing: they have read the clauses elsewhere")
    parser.add_argument(
        "--made-up", action="store_true", help="for the demo school: each document says that it is made up"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Approve and say how it stands; 1 where somebody would not approve one. Raises PolicyError."""
    knowledge = load(settings.knowledge)
    today = local_day(knowledge.school, dt.datetime.now(dt.UTC))
    waiting = list(to_approve(knowledge, parsed.on or today))
    if not waiting:
        print("Every clause is approved as it stands.")
        return 0
    if not parsed.by or not parsed.role:
        print("\n".join(line for each in waiting for line in shown(knowledge, each)))
        raise PolicyError(_WHO)
    signature = Signature(parsed.by, parsed.role, parsed.on or today, parsed.review_by, parsed.made_up)
    check_signature(knowledge, signature, today)
    if parsed.yes:
        read = [(each.id, digest_of_paragraph(knowledge, each)) for each in waiting]
        print(f"{approve_paragraphs(settings.knowledge, read, signature)} clauses are approved.")
        return 0
    return _one_by_one(knowledge, waiting, signature, settings)


def _one_by_one(knowledge: Knowledge, waiting: list[PolicyParagraph], signature: Signature, settings: Settings) -> int:
    approved = 0
    for paragraph in waiting:
        print("\n".join(shown(knowledge, paragraph)))
        try:
            said = input(f"{signature.by}, do you approve these words? (y/n) ").strip().lower()
        except EOFError:
            print("\nStopped. What was approved stays.")
            break
        if said in ("y", "yes"):  # at once: whoever stops half-way has approved what they have
            approve_paragraphs(
                settings.knowledge, [(paragraph.id, digest_of_paragraph(knowledge, paragraph))], signature
            )
            approved += 1
        else:
            print("Not approved.")
    print(f"{approved} of {len(waiting)} clauses were approved.")
    return 0 if approved == len(waiting) else 1


def shown(knowledge: Knowledge, paragraph: PolicyParagraph) -> Iterator[str]:
    """A clause as it would be printed, and what it rests on."""
    yield from ("", paragraph.id)
    yield from _indented(with_people(knowledge, with_answers(knowledge, paragraph.text)))
    yield from (f"  - {each}" for each in points_of(knowledge, paragraph))
    cites = cites_in(knowledge, paragraph)
    yield "  Rests on:" if cites else "  Rests on nothing but the school's own rule."
    if is_borrowed(knowledge, paragraph):
        yield f"  (guidance for England: look whether {knowledge.school.nation} has a rule of its own)"
    for name in cites:
        clause = knowledge.clauses[name]
        yield from _indented(f"- {clause.text} ({clause.document.title})")


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {line}" for line in wrapped(text).splitlines())
