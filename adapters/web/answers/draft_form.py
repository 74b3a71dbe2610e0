"""The form of a draft <-> the fields of the core. Pure. What no page of ours sends is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.web.answers.wording import OUTSIDE, Words
from adapters.web.forms import FormError
from bot.knowledge import Clause, NotThis
from bot.knowledge.authoring import CaseText, EntryText
from bot.knowledge.schools.model import NATIONS
from bot.messages import RULINGS, Ruling
from bot.service.authoring.model import DraftProblem

_ALWAYS = frozenset(
    {
        "version", "title", "ruling", "badge", "answer", "why", "instead", "note", "ask", "clause_words", "sought",
        "confirm", "phrasings", "opposites",  # of these three, one item a line
    }
)  # fmt: skip
_MORE = re.compile(
    r"fact_ask|first|no-name-\d{1,2}|cite-\d{1,2}|nation-\d|like-\d{1,2}-(?:text|target)|case-\d-(?:value|ruling|badge|answer|why|instead)"
)
NO_NAME = re.compile(r"no-name-\d{1,2}")
_FEWEST_ROWS, _SPARE_ROWS = 4, 2
_CASE_TEXTS = ("badge", "answer", "why", "instead")


@dataclass(frozen=True)
class PostedDraft:
    """What somebody sent: the version that they had open, their text, words by which they look for a rule, those by
    which they did so last, and the words that they say are nobody's name."""

    version: int
    text: EntryText
    clause_words: str
    sought: str = ""
    no_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldProblems:
    """What the core says of a draft, by where it stands on the page; without a field it stands at the top alone."""

    problems: tuple[DraftProblem, ...] = ()

    @classmethod
    def told(cls, problems: Iterable[DraftProblem], words: Words) -> FieldProblems:
        """The problems in plain words."""
        return cls(tuple(replace(each, sentence=words.plain(each.sentence)) for each in problems))

    @property
    def stopping(self) -> tuple[DraftProblem, ...]:
        """What keeps it from being sent."""
        return tuple(each for each in self.problems if each.stops)

    @property
    def advice(self) -> tuple[DraftProblem, ...]:
        """What would make it better."""
        return tuple(each for each in self.problems if not each.stops)

    def of(self, field: str) -> tuple[DraftProblem, ...]:
        """What is to be said beside this field."""
        return tuple(each for each in self.problems if each.field == field)


def posted(fields: Mapping[str, str], words: Words) -> PostedDraft:
    """A posted form -> what was written. Raises FormError."""
    names = set(fields) - {"action"}
    if not names >= _ALWAYS or any(not _MORE.fullmatch(name) for name in names - _ALWAYS):
        raise FormError("not the fields of a draft")
    if not re.fullmatch(r"\d{1,9}", fields["version"]):
        raise FormError("not a version")
    text = EntryText(
        title=fields["title"],
        ruling=_ruling(fields["ruling"]),
        badge=fields["badge"],
        answer=fields["answer"],
        why=fields["why"],
        instead=fields["instead"],
        note=fields["note"],
        ask=fields["ask"],
        cites=tuple(_cites(fields)),
        nations=tuple(each for number, each in enumerate(NATIONS) if f"nation-{number}" in fields),
        confirm=tuple(fields["confirm"].splitlines()),
        fact_ask=fields.get("fact_ask", ""),
        cases=tuple(_cases(fields)),
        phrasings=tuple(fields["phrasings"].splitlines()),
        opposites=tuple(fields["opposites"].splitlines()),
        not_this=tuple(_look_alikes(fields, words)),
    )
    looked_for, sought = fields["clause_words"].strip(), fields["sought"].strip()
    return PostedDraft(int(fields["version"]), text, looked_for, sought, no_names_in(fields))


def no_names_in(fields: Mapping[str, str]) -> tuple[str, ...]:
    """The words that were ticked as nobody's name."""
    return tuple(dict.fromkeys(value for name, value in fields.items() if NO_NAME.fullmatch(name)))


def rows_of(text: EntryText, words: Words) -> list[tuple[str, str]]:
    """The look-alikes with where each belongs, as they are typed, and empty rows for more."""
    rows = [(each.text, words.title(each.target)) for each in text.not_this]
    spare = max(_SPARE_ROWS, _FEWEST_ROWS - len(rows))
    return [*rows, *([("", "")] * spare)]


def picked_first(text: EntryText, found: Sequence[Clause]) -> list[str]:
    """The rules to tick: those that are picked, then those that were looked for."""
    return list(dict.fromkeys((*text.cites, *(each.id for each in found))))


def anchor(field: str, text: EntryText) -> str:
    """Where on the page a field of the core stands, for a link."""
    parts = field.split(" > ")
    if len(parts) == 3:
        number = next((at for at, case in enumerate(text.cases) if case.value == parts[1]), 0)
        return f"case-{number}-{parts[2]}"
    return {"not_this": "like-0-text", "": "main", "cites": "cites", "nations": "nations"}.get(field, field)


def _ruling(typed: str) -> Ruling:
    for ruling in RULINGS:
        if ruling == typed:
            return ruling
    raise FormError("no ruling of ours")


def _cites(fields: Mapping[str, str]) -> Iterator[str]:
    ticked = [value for name, value in fields.items() if name.startswith("cite-")]
    first = fields.get("first", "")
    yield from sorted(dict.fromkeys(ticked), key=lambda clause: clause != first)


def _cases(fields: Mapping[str, str]) -> Iterator[CaseText]:
    for number in range(10):
        if (value := fields.get(f"case-{number}-value")) is None:
            return
        try:
            given = {name: fields[f"case-{number}-{name}"] for name in _CASE_TEXTS}
            ruling = _ruling(fields[f"case-{number}-ruling"])
        except KeyError:
            raise FormError("half a case") from None
        yield CaseText(value, ruling, **given)


def _look_alikes(fields: Mapping[str, str], words: Words) -> Iterator[NotThis]:
    numbers = sorted({int(name.split("-")[1]) for name in fields if name.startswith("like-")})
    for number in numbers:
        text, target = (fields.get(f"like-{number}-{part}", "").strip() for part in ("text", "target"))
        if text:
            yield NotThis(text, words.entry_called(target) if target else OUTSIDE)
