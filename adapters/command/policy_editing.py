"""What the verbs that change clauses share: which ones are meant, what answers rest on, and how the change is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.command.policy_lines import clause_lines
from bot.knowledge import Knowledge, load
from bot.knowledge.policies.editing import find
from bot.knowledge.policies.own import OwnDocument
from bot.service.policy_reading.adding import own_document
from bot.service.policy_reading.files import change_own
from bot.settings import Settings

_TO = ":"  # between the first and the last of a row of clauses


def changed(settings: Settings, clause: str, change: Callable[[OwnDocument, Knowledge], OwnDocument]) -> int:
    """Change the document that a clause belongs to, keep it, and print what is now where something changed. Raises
    AskFirstError."""
    knowledge = load(settings.knowledge)
    before = own_document(knowledge, clause.partition(_TO)[0].rpartition("-")[0])
    after = change_own(settings.knowledge, before.id, lambda there: change(there or before, knowledge))
    for each in after.clauses:
        if each not in before.clauses:
            print("\n".join(clause_lines(each.id, each)))
    return 0


def meant(document: OwnDocument, typed: Sequence[str]) -> list[str]:
    """Clauses by their ids, and rows of them: phones-03:phones-09. Raises ClauseEditError."""
    names = [each.id for each in document.clauses if not each.gone]
    found: list[str] = []
    for each in typed:
        first, _, last = each.partition(_TO)
        start, end = names.index(find(document, first).id), names.index(find(document, last or first).id)
        found += names[start : end + 1]
    return list(dict.fromkeys(found))


def cited(knowledge: Knowledge) -> frozenset[str]:
    """The clauses on which answers rest, as they are served and as their files stand."""
    every = (*knowledge.entries.values(), *knowledge.waiting.values())
    return frozenset(clause for entry in every for clause in entry.cites)
