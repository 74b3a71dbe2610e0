"""Private persons in a document that is put in: their names, their numbers and addresses, and what looks like a record
about a child. It finds what a person is to look at; a person decides. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.concerns.naming.names import TITLES, folded_name, name_words

Kind = Literal["name", "number", "address", "record"]
WORDS: dict[Kind, str] = {
    "name": "a name that is not in school.yaml",
    "number": "a telephone number or e-mail address of a person",
    "address": "a home address",
    "record": "what looks like a record about a child",
}
_NAME = r"[A-Z][a-zà-ÿ'’-]+(?:[A-Z][a-zà-ÿ]+)?"
_TITLES = "|".join(sorted(TITLES - {"sir", "madam", "dame", "rev"}))
_TITLED = re.compile(rf"\b(?i:{_TITLES})\.?\s+(?:[A-Z]\.?\s*){{0,3}}{_NAME}(?:\s+{_NAME})?")
_INITIAL = re.compile(rf"(?<![\w.])[A-Z]\.\s?(?:[A-Z]\.\s?)?{_NAME}\b")
_ROLES = (
    r"(?:deputy\s+)?(?:designated\s+)?(?:safeguarding\s+(?:lead|officer|governor|person)|dsl|ddsl|head\s?teacher|head|senco|"
    r"chair(?:\s+of\s+governors)?|principal|manager|governor|clerk|teacher|officer|signed|author|name)"
)
# "DSL: Jane Brown", "Headteacher - Sam Hill", "the DSL (Jane Brown)".
_AFTER_ROLE = re.compile(rf"\b(?i:{_ROLES})\s*(?:\(|[:|–-]|\bis\b)\s*(?P<name>{_NAME}\s+{_NAME})\b")
_CHILD = re.compile(
    rf"\b(?i:pupil|child|student|boy|girl|son|daughter)(?:['’]s)?(?:\s+(?i:full\s+)?(?i:name))?\s*[:|,]?\s+"
    rf"(?P<name>{_NAME}\s+{_NAME})\b"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+44\s?\(?0?\)?|0)7\d{3}[\s-]?\d{3}[\s-]?\d{3}(?!\d)")
_PRIVATE_MAIL = re.compile(  # of a bounded length, or a long text without a space takes time with its square
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|me|aol|btinternet|sky|talktalk|"
    r"virginmedia|msn|protonmail|proton)\.[a-z.]{2,8}\b",
    re.I,
)
_LANDLINE = re.compile(r"(?<!\d)(?:\+44\s?\(?0?\)?|\(?0)[1-3]\d{1,4}\)?[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\d)")
_STREET = re.compile(
    r"\b\d{1,4}[a-z]?,?\s+(?:[A-Z][\w'’-]+\s+){1,3}(?:Road|Rd|Street|St|Lane|Avenue|Ave|Close|Drive|Way|Crescent|Gardens|"
    r"Terrace|Place|Grove|Court|Rise|Hill|Walk|Mews)\b"
)
_HOME = re.compile(r"\b(?:home address|lives at|living at|resides at)\b", re.I)
_VALUE = r"\s*[:|–-]?\s*(?=[A-Z0-9])"
_RECORDS = (
    re.compile(rf"\b(?i:date of birth|d\.?o\.?b\.?){_VALUE}\d{{1,2}}[\s/.-](?:\d{{1,2}}|[A-Z][a-z]+)[\s/.-]\d{{2,4}}"),
    re.compile(rf"\b(?:UPN|(?i:unique pupil number)){_VALUE}[A-Z]\d{{6,}}"),
    re.compile(rf"\b(?:NHS|(?i:national insurance))\s+(?i:number|no\.?){_VALUE}[A-Z0-9]{{2,}}"),
    re.compile(rf"\b(?i:name of (?:the )?(?:child|pupil)|(?:child|pupil)['’]?s? (?:full )?name){_VALUE}{_NAME}"),
)
_SAID = re.compile(
    rf"\b(?P<name>{_NAME})(?:\s+{_NAME})?\s+(?:disclosed|told\s+(?:me|us|staff|her|his|the|Miss|Mrs|Mr|Ms)|"
    r"said\s+(?:that\s+)?(?:he|she|they|his|her|it)|was\s+(?:seen|upset|crying|hit)|had\s+(?:a\s+)?bruis\w+)\b"
)
_DATED = re.compile(r"(?:on\s+)?\d{1,2}(?:st|nd|rd|th)?[\s/.-](?:\d{1,2}|[A-Z][a-z]{2,8})[\s/.-](?:20)?\d\d\b")
_PAST = re.compile(r"\b(?:said|told|disclosed|reported|observed|attended|phoned|rang|spoke|met|collected|seen)\b")
_DIARY = 3  # dated lines in the past tense make a record
_MORE = 20  # characters behind a sign of a record that are shown too
_LONGEST = 80  # characters of a text that are shown
# What stands before "told the" or behind a role with a capital letter, and is nobody's name.
_NOBODY = frozenset(
    "academy act appendix board body bureau care centre chair child children committee council data department "
    "designated deputy education every governing governor governors head headteacher health home if it lead local "
    "manager member no nobody nursery of office officer ofsted once online parent parents person police policy pre "
    "pre-school primary procedure protection pupil pupils safeguarding school senior service services setting social "
    "somebody someone staff student students teacher teachers the they this trust trustees when where which who "
    "whoever working you date premium strategy plan review version approved summary support voice progress report "
    "record records welfare january february march april may june july august september october november december "
    "spring summer autumn term".split()
)


@dataclass(frozen=True)
class PrivateFinding:
    """Something that a person is to look at: what kind, the words, and where they stand."""

    kind: Kind
    words: str
    where: str


def private_persons(texts: Sequence[tuple[str, str]], known: Iterable[str]) -> tuple[PrivateFinding, ...]:
    """Texts, each with where it stands -> what is found in them, each once. `known` are the names of school.yaml, which
    stand in policies by right."""
    names = {" ".join(name_words(each)) for each in known}
    surnames = {words[-1] for each in known if (words := name_words(each))}
    found: dict[tuple[str, str], PrivateFinding] = {}
    diary = [where for text, where in texts if _DATED.match(text) and _PAST.search(text)]
    for text, where in texts:
        for kind, said in _found(text, names, surnames):
            shown = " ".join(said.split())[:_LONGEST]
            found.setdefault((kind, folded_name(shown)), PrivateFinding(kind, shown, where))
    if len(diary) >= _DIARY:
        found["record", "diary"] = PrivateFinding("record", f"{len(diary)} dated entries of what happened", diary[0])
    return tuple(sorted(found.values(), key=lambda each: list(WORDS).index(each.kind)))


def _found(text: str, known: set[str], surnames: set[str]) -> Iterator[tuple[Kind, str]]:
    people = list(_people(text, known, surnames))
    yield from (("name", each) for each in people)
    yield from (("number", each[0]) for pattern in (_MOBILE, _PRIVATE_MAIL) for each in pattern.finditer(text))
    if people:
        yield from (("number", each[0]) for each in _LANDLINE.finditer(text))
    if people or _HOME.search(text):
        yield from (("address", each[0]) for each in _STREET.finditer(text))
    for pattern in _RECORDS:
        yield from (("record", text[each.start() : each.end() + _MORE]) for each in pattern.finditer(text))
    yield from (("record", each[0]) for each in _SAID.finditer(text) if not _is_nobody(each["name"]))


def _people(text: str, known: set[str], surnames: set[str]) -> Iterator[str]:
    for pattern in (_TITLED, _INITIAL):
        for each in pattern.finditer(text):
            words = name_words(each[0])
            if words and words[-1] not in surnames and not _is_nobody(words[-1]):
                yield each[0]
    for pattern in (_AFTER_ROLE, _CHILD):
        for each in pattern.finditer(text):
            words = name_words(each["name"])
            if len(words) > 1 and " ".join(words) not in known and not any(map(_is_nobody, words)):
                yield each["name"]


def _is_nobody(word: str) -> bool:
    return folded_name(word) in _NOBODY
