"""What an author edits of an entry, as one frozen value."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.knowledge.model import Entry, FactCase, FactCases, NotThis, Phrasing
from bot.messages import Ruling

OWN_WRITER = "own"  # under whom a file keeps the phrasings and opposites that were written in the workbench


@dataclass(frozen=True)
class CaseText:
    """The wording for one value of the fact that an answer turns on. `why` and `instead` are empty where the entry's
    own are meant. Which values there are stands in the file and is not edited here."""

    value: str
    ruling: Ruling
    badge: str
    answer: str
    why: str = ""
    instead: str = ""


@dataclass(frozen=True)
class EntryText:
    """The fields of an entry that are edited. A text is one paragraph: breaks in it are read as spaces.

    `ask` is a role of school.yaml, `line-manager` or `union`, empty where the topic decides; `fact_ask` is the question
    that is asked back where the answer turns on something, and `cases` the answers to it. `phrasings` and `opposites`
    are those written in the workbench (writer `own`) alone: what others wrote is neither shown nor touched. `not_this`
    are all look-alikes, whoever wrote them, each with the entry that answers it, or `outside`.
    """

    title: str = ""
    ruling: Ruling = "info"
    badge: str = ""
    answer: str = ""
    why: str = ""
    instead: str = ""
    note: str = ""
    ask: str = ""
    cites: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    fact_ask: str = ""
    cases: tuple[CaseText, ...] = ()
    phrasings: tuple[str, ...] = ()
    opposites: tuple[str, ...] = ()
    not_this: tuple[NotThis, ...] = ()

    @classmethod
    def of_entry(cls, entry: Entry) -> EntryText:
        """The editable fields of an entry, as it stands there."""
        facts = entry.facts
        return cls(
            title=entry.title,
            ruling=entry.ruling,
            badge=entry.badge,
            answer=entry.answer,
            why=entry.why,
            instead=entry.instead,
            note=entry.note or "",
            ask=entry.ask or "",
            cites=entry.cites,
            nations=entry.nations,
            confirm=entry.confirm,
            fact_ask=(facts.ask or "") if facts else "",
            cases=tuple(_case_text(case, entry) for case in facts.cases) if facts else (),
            phrasings=_own(entry.phrasings),
            opposites=_own(entry.opposites),
            not_this=entry.not_this,
        ).tidied()

    def tidied(self) -> EntryText:
        """With the breaks and double spaces of every text as single spaces, without empty items of lists, and without a
        phrasing that stands twice: what would be read back from a file."""
        found: dict[str, Any] = {name: _tidy(value) for name, value in vars(self).items()}
        for name in ("cites", "nations", "confirm", "phrasings", "opposites"):
            found[name] = tuple(dict.fromkeys(each for each in found[name] if each))
        kept = {each.text: each for each in found["not_this"] if each.text}
        return replace(self, **{**found, "not_this": tuple(kept.values())})

    def in_entry(self, entry: Entry) -> Entry:
        """The entry with these fields in place of its own; everything else of it as it is, also its cases where these
        are for other values: its file or the school's policy has drawn the line elsewhere since."""
        facts = entry.facts
        if facts and [case.value for case in self.cases] == [case.value for case in facts.cases]:
            cases = tuple(_fact_case(case, self) for case in self.cases)
            facts = FactCases(facts.fact, self.fact_ask or None, cases)
        return replace(
            entry,
            title=self.title,
            ruling=self.ruling,
            badge=self.badge,
            answer=self.answer,
            why=self.why,
            instead=self.instead,
            note=self.note or None,
            ask=self.ask or None,
            cites=self.cites,
            nations=self.nations,
            confirm=self.confirm,
            facts=facts,
            phrasings=_with_own(entry.phrasings, self.phrasings),
            opposites=_with_own(entry.opposites, self.opposites),
            not_this=self.not_this,
        )

    @property
    def words(self) -> int:
        """How many words answer, why and instead have together: at most `rules.MOST_WORDS` are allowed."""
        return sum(len(text.split()) for text in (self.answer, self.why, self.instead))


def digest_of_text(text: EntryText) -> str:
    """The same fields give the same digest, any other word another: what an approval of a draft is bound to."""
    canonical = json.dumps(asdict(text.tidied()), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "backslashreplace")).hexdigest()


def _case_text(case: FactCase, entry: Entry) -> CaseText:
    """`why` and `instead` only where they are not the entry's own."""
    why = case.why if case.why != entry.why else ""
    instead = case.instead if case.instead != entry.instead else ""
    return CaseText(case.value, case.ruling, case.badge, case.answer, why, instead)


def _fact_case(case: CaseText, text: EntryText) -> FactCase:
    return FactCase(
        case.value, case.ruling, case.badge, case.answer, case.why or text.why, case.instead or text.instead
    )


def _own(phrasings: tuple[Phrasing, ...]) -> tuple[str, ...]:
    return tuple(each.text for each in phrasings if each.writer == OWN_WRITER)


def _with_own(before: tuple[Phrasing, ...], own: tuple[str, ...]) -> tuple[Phrasing, ...]:
    """In the place of what stood there of it; else behind the others'."""
    place = next((number for number, each in enumerate(before) if each.writer == OWN_WRITER), len(before))
    others = tuple(each for each in before if each.writer != OWN_WRITER)
    return (*others[:place], *(Phrasing(text, OWN_WRITER) for text in own), *others[place:])


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, CaseText | NotThis):
        return type(value)(**{name: _tidy(each) for name, each in vars(value).items()})
    return tuple(map(_tidy, value)) if isinstance(value, tuple) else value


def learned_from(text: EntryText) -> tuple[object, ...]:
    """What of an entry is learned from; the first clauses say which rule it is."""
    return text.title, text.phrasings, text.opposites, text.not_this, frozenset(text.cites[:3])
