"""`askfirst policy add`: a document of the school's own becomes clauses, or a new edition takes the place of one."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from adapters.command.policy_lines import clause_lines, edition_lines, finding_lines, read_lines
from adapters.documents.reading.bounded import read_document
from bot.errors import AskFirstError
from bot.knowledge import load
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.policies.own_reading import is_id
from bot.service.policy_reading.adding import (
    MAY_LET_IN,
    LookedAt,
    PolicyIntake,
    ReadPolicy,
    understood,
)
from bot.settings import Settings
from bot.store import Store, open_for

_ROLE = f"the role that they hold in school.yaml: {', '.join(MAY_LET_IN)}"
_TOGETHER = "give all three: --may-be-used-because, --by and --role"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, what is known of it, and who looked at what was found."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the document")
    parser.add_argument("--edition-of", default="", metavar="DOC", help="it is a new edition of this document")
    parser.add_argument("--id", default="", help="a short id for it (default: made of its title)")
    parser.add_argument("--title", help="its title, where the one that was guessed is wrong")
    parser.add_argument("--edition", help="its edition, where the one that was guessed is wrong")
    parser.add_argument("--date", help="its date, where the one that was guessed is wrong, as 2027-09-01")
    parser.add_argument("--show", action="store_true", help="show what would be taken in, and keep nothing")
    parser.add_argument(
        "--without-pages", type=_pages, default=(), metavar="PAGES", help="pages of a PDF that hold no rules, as 3,7"
    )
    parser.add_argument("--may-be-used-because", metavar="WHY", help="why it may be used though it names people")
    parser.add_argument("--by", metavar="NAME", help="who looked at what was found: the name as in school.yaml")
    parser.add_argument("--role", choices=MAY_LET_IN, metavar="ROLE", help=_ROLE)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Take it in, and say what there is to do next; 1 where it is held back. Raises AskFirstError."""
    knowledge, now = load(settings.knowledge), dt.datetime.now(dt.UTC)
    document, content = read_document(parsed.file, parsed.without_pages)
    before = knowledge.own.get(parsed.edition_of)
    read = understood(document, content, parsed.file.name, knowledge.school)
    policy = _as_said(replace(read, title=before.title) if before else read, parsed)
    looked = _looked(parsed)
    print("\n".join((*read_lines(policy), *finding_lines(policy.private))))
    if parsed.show:
        print("\n".join(line for each in policy.imported.clauses for line in clause_lines("", each)))
        return 0
    with contextlib.ExitStack() as closing:

        def store() -> Store:
            return closing.enter_context(contextlib.closing(open_for(settings)))

        intake = PolicyIntake(settings.knowledge, knowledge, store)
        if parsed.edition_of:
            print("\n".join(edition_lines(intake.add_edition(policy, parsed.edition_of, looked, now))))
        else:
            print("\n".join(_taken_in(intake.add(policy, looked, now, _checked_id(parsed.id)))))
    return 0


def _as_said(policy: ReadPolicy, parsed: argparse.Namespace) -> ReadPolicy:
    """With what somebody knows better than the guess."""
    return replace(
        policy,
        title=parsed.title or policy.title,
        edition=policy.edition if parsed.edition is None else parsed.edition,
        date=policy.date if parsed.date is None else parsed.date,
    )


def _looked(parsed: argparse.Namespace) -> LookedAt | None:
    given = (parsed.by, parsed.role, parsed.may_be_used_because)
    if not any(given):
        return None
    if not all(given):
        raise AskFirstError(f"nothing was taken in. Where a document names people, {_TOGETHER}")
    return LookedAt(*given)


def _checked_id(name: str) -> str:
    if name and not is_id(name):
        raise AskFirstError(f"'{name}' is no id. Write small letters, figures and dashes, as phones-2026")
    return name


def _taken_in(document: OwnDocument) -> Iterator[str]:
    yield f"Taken in as '{document.id}': {len(document.clauses)} clauses, in policies/own/{document.id}.yaml."
    yield f"Look it over: askfirst policy look {document.id}. Answers can rest on a clause once its force is marked."


def _pages(typed: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(each) for each in typed.split(",")}))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{typed}' are no pages. Write them as 3,7") from None
