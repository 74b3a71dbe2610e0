"""`askfirst policy`: documents of the school's own put in, looked over, compared and held against the answers; and its
own policy answered, approved and built. Each of its actions is a module."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import cast

from adapters.command.main import Verb
from bot.settings import Settings

ACTIONS: Mapping[str, str] = {
    "add": "put in a document of your own (.docx, .pdf, .md, .html, .odt, .txt), or a new edition of one",
    "look": "the clauses of a document, or which documents there are",
    "split": "make two clauses of one",
    "join": "make one clause of two",
    "leave-out": "take clauses out that are no rules; they stay in the file",
    "mark": "say how strongly a clause puts its rule: from then on answers can rest on it",
    "near": "the answers near each clause, what nothing answers, and what rests on nothing of yours",
    "tick": "say whether a clause and an answer agree",
    "updates": "what this AskFirst brings of the national documents, with the differences; --take-over writes it",
    "ask": "go through the questionnaire, one question after the other; stop and go on as you like",
    "approve": "read the clauses and approve their words",
    "build": "make the documents as .docx and PDF, and say what has changed",
    "changes": "say what has changed since the documents were last built; nothing is written",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is to be done."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        _module(name).add_arguments(action)


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it. Raises AskFirstError."""
    return _module(parsed.action).run(parsed, settings)


def _module(action: str) -> Verb:
    return cast(Verb, importlib.import_module(f"adapters.command.policy_{action.replace('-', '_')}"))
