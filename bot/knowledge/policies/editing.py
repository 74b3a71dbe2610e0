"""What a person does with the clauses of a document: split, join, leave out, mark, tick. Pure: no word is changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from bot.errors import AskFirstError
from bot.knowledge.policies.own import OwnClause, OwnDocument, Tick, clause_id


class ClauseEditError(AskFirstError):
    """It cannot be done; nothing was changed. The text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"nothing was changed. {reason}")


class CitedClauseError(ClauseEditError):
    """Answers that somebody approved rest on a clause in these words: staff are shown them beside the answer."""


def find(document: OwnDocument, name: str) -> OwnClause:
    """The clause of this id. Raises ClauseEditError."""
    clause = document.clause(name)
    if clause is None:
        raise ClauseEditError(f"There is no clause {name}: askfirst policy look {document.id}")
    return clause


def mark(document: OwnDocument, names: Iterable[str], force: str) -> OwnDocument:
    """With this force for these clauses; they count from now on. Raises ClauseEditError."""
    return _each(document, names, lambda clause: replace(clause, force=force, left_out=False))


def leave_out(document: OwnDocument, names: Iterable[str], cited: Collection[str]) -> OwnDocument:
    """Without these clauses, which stay in the file and count no more; `cited` are those that entries rest on. Raises
    ClauseEditError, and CitedClauseError for one of these."""
    found = list(names)
    _not_cited(found, cited)
    return _each(document, found, lambda clause: replace(clause, left_out=True))


def split(document: OwnDocument, name: str, begins: str, cited: Collection[str]) -> OwnDocument:
    """The clause in two, the second beginning with these words. Raises ClauseEditError where they do not stand in it
    once, and CitedClauseError where an entry rests on it: half of a rule would stand beside the answer."""
    clause, wanted = find(document, name), " ".join(begins.split())
    _not_cited((name,), cited)
    at = [place for place, piece in enumerate(clause.pieces) if place and piece.startswith(wanted)]
    if len(at) == 1:  # where a person joined it
        first, second = clause.pieces[: at[0]], clause.pieces[at[0] :]
        return _parted(document, clause, first, second, "")
    if len(clause.pieces) > 1:
        raise ClauseEditError(
            f"{name} was joined: split it first where that was done, before '{clause.pieces[1][:40]}'"
        )
    text = clause.own_text
    place = text.find(f" {wanted}")
    if not wanted or place < 0 or text.find(f" {wanted}", place + 1) >= 0:
        raise ClauseEditError(f"'{wanted}' does not stand once in {name}, behind its first word. Give more words of it")
    first, second = (text[:place].strip(),), (text[place:].strip(),)
    return _parted(document, clause, first, second, clause.part_of or clause.id)


def _parted(
    document: OwnDocument, clause: OwnClause, first: tuple[str, ...], second: tuple[str, ...], part_of: str
) -> OwnDocument:
    new = clause_id(document.id, document.next_number())
    behind = replace(clause, id=new, pieces=second, part_of=part_of, ticks=())
    return _instead(document, clause.id, (replace(clause, pieces=first, ticks=()), behind))


def join(document: OwnDocument, name: str, cited: Collection[str]) -> OwnDocument:
    """The clause with the one behind it, under its own id. Raises ClauseEditError where there is none behind it, and
    CitedClauseError where an entry rests on either."""
    clause = find(document, name)
    place = document.clauses.index(clause)
    behind = document.clauses[place + 1] if place + 1 < len(document.clauses) else None
    if behind is None or behind.gone:
        raise ClauseEditError(f"Nothing stands behind {name}")
    _not_cited((clause.id, behind.id), cited)
    origins = {clause.part_of or clause.id, behind.part_of or behind.id}
    if len(origins) == 1:  # parts of one paragraph, together again
        pieces: tuple[str, ...] = (f"{clause.own_text} {behind.own_text}",)
    elif clause.part_of or behind.part_of or _has_parts(document, clause) or _has_parts(document, behind):
        raise ClauseEditError("One of the two was split: join its own parts first")
    else:
        pieces = (*clause.pieces, *_with_its_lead(clause, behind))
    joined = replace(clause, pieces=pieces, ticks=())
    without = replace(document, clauses=tuple(each for each in document.clauses if each is not behind))
    # The id of the one that is gone is never used again, also where it was the last.
    kept = () if behind.id != clause_id(document.id, document.next_number() - 1) else (_stub(behind),)
    found = _instead(without, clause.id, (joined,))
    return replace(found, clauses=(*found.clauses, *kept))


def _with_its_lead(clause: OwnClause, behind: OwnClause) -> tuple[str, ...]:
    first, *others = behind.pieces
    lead = behind.lead if behind.lead != clause.lead else ""
    return (f"{lead} {first}".strip(), *others)


def _has_parts(document: OwnDocument, clause: OwnClause) -> bool:
    return any(each.part_of == clause.id for each in document.clauses)


def _stub(clause: OwnClause) -> OwnClause:
    return replace(clause, left_out=True, gone=True, ticks=(), force="")


def tick(document: OwnDocument, name: str, given: Tick) -> OwnDocument:
    """With what somebody said of this clause and an entry, in the place of what was said before. Raises
    ClauseEditError."""

    def ticked(clause: OwnClause) -> OwnClause:
        return replace(clause, ticks=(*(each for each in clause.ticks if each.entry != given.entry), given))

    return _each(document, (name,), ticked)


def _each(document: OwnDocument, names: Iterable[str], change: Callable[[OwnClause], OwnClause]) -> OwnDocument:
    for name in names:
        document = _instead(document, name, (change(find(document, name)),))
    return document


def _instead(document: OwnDocument, name: str, new: tuple[OwnClause, ...]) -> OwnDocument:
    clauses = (found for each in document.clauses for found in (new if each.id == name else (each,)))
    return replace(document, clauses=tuple(clauses))


def _not_cited(names: Iterable[str], cited: Collection[str]) -> None:
    if resting := sorted(set(names) & set(cited)):
        raise CitedClauseError(f"Answers rest on {', '.join(resting)}: take it out of their 'cites' first")
