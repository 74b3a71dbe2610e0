"""Children by name in a text that others will read: a name with a year or class behind it, or with a parent's part. It
finds what is plainly so; other names are for `private` and for whoever reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.concerns.naming.names import TITLES, folded_name, name_words

_WORD = r"[^\W\d_a-z][a-zà-ÿ]+(?:['’-][^\W\d_a-z]?[a-zà-ÿ]+)*(?<!['’]s)"
_FULL = rf"(?P<name>{_WORD}(?:\s+{_WORD}){{1,2}})"
_ONE = rf"(?P<name>{_WORD}(?:\s+{_WORD})?)"
_YEAR = r"(?:(?i:year|yr|y)\.?\s?\d{1,2}|(?i:reception|nursery)|\d{1,2}[A-Z]{1,2}\d?)\b"
_CLASS = r"\d{1,2}[A-Z]{1,2}\d?\b"
_STAFF = r"(?!\)?\s+(?i:(?:form\s+)?(?:tutor|teacher|lead|leader|head|team|manager|coordinator|assistant|ta)\b))"
_DOES = r"(?:complained|said|says|told|asked|wrote|reported|showed|sent|posted|shared|disclosed|cried|was|is|has|had)"
_OF_FAMILY = (
    r"(?:step)?(?:mother|mum|mam|mom|father|dad|parents?|carers?|guardians?|brother|sister|family|grandmother|"
    r"grandfather|grandparents?|gran|nan|aunt|uncle)\b"
)
_PATTERNS = (
    re.compile(rf"\b{_FULL},?\s+\(?(?:(?:in|of|from)\s+)?{_YEAR}{_STAFF}\)?"),
    re.compile(rf"\b{_ONE},?\s+\(?{_CLASS}{_STAFF}\)?"),
    re.compile(rf"\b{_ONE},?\s+(?:\(|(?:in|of|from)\s+)?{_YEAR}\)?,?\s+{_DOES}\b"),
    re.compile(rf"(?<!\bSt )(?<!\bSt\. )(?<!Saint )\b(?!St |Saint ){_ONE}['’](?:s\s+|\s+){_OF_FAMILY}"),
)
# What stands with a capital letter before a year or a parent, and is no child's name.
_NO_CHILD = frozenset(
    "about after again ago almost already also although always another before because below best between during either "
    "even few first fewer finally here how however instead it just last later least less many meanwhile mostly much "
    "neither never new next not now often old only other otherwise over perhaps rather same second seldom several she "
    "he sometimes soon still such then there therefore though through today together under until usually what whatever "
    "whenever why yesterday yet you all "
    "a an and any april assemblies assembly august autumn both but by child children christmas class classes "
    "classroom club computing curriculum day december digital each easter education england evening every everybody "
    "everyone february for form forms friday from girls boys google governors group half head if in internet january "
    "july june kahoot key leaders leads lesson lessons march may microsoft monday more most my nearly newsletter no "
    "nobody november october of office on online one our padlet parent parents pshe pupil pupils rse rshe room "
    "safer safety saturday school schools scratch september set show since social some spring staff stage student "
    "students summer sunday survey teacher teachers team teams term that the their these this three thursday training "
    "tuesday tutor tutors two was we wednesday week when where which who with year years your media relationships "
    "health instagram facebook twitter youtube tiktok snapchat whatsapp tapestry seesaw policy scheme unit project "
    "science english maths history geography art drama music french spanish german pe".split()
)


def children_named(text: str, known: Iterable[str]) -> Iterator[str]:
    """The words by which a child is named, each with what shows it to be one. `known` are the names of school.yaml."""
    grown_up = {" ".join(name_words(each)) for each in known}
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            words = found["name"].split()
            while words and folded_name(words[0]) in _NO_CHILD:
                words.pop(0)  # "Minutes show that", "When Ellie Jones": a sentence begins with a capital letter
            named = " ".join(words)
            if words and not _is_nobody(words) and " ".join(name_words(named)) not in grown_up:
                yield f"{named}{found[0][len(found['name']) :]}"


def _is_nobody(words: list[str]) -> bool:
    folded = [folded_name(each) for each in words]
    return folded[0] in TITLES or not _NO_CHILD.isdisjoint(folded)
