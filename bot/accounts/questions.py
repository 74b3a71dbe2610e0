"""Questions that the register answers: "is the PE Instagram approved?", "who runs the school Facebook?", "which tools
may I use with Year 4?". A closed list of forms over the register's own names; what is no such form is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.accounts.form import AUDIENCES
from bot.accounts.model import AGREED, Registered
from bot.accounts.words import years_in_words

RegisterAsked = Literal["state", "holders", "list"]
_ALSO: Mapping[str, str] = {
    "insta": "instagram",
    "ig": "instagram",
    "fb": "facebook",
    "tweets": "twitter",
    "x": "twitter",
    "yt": "youtube",
}
# What a thing may be called that has a line of its own in a register. Without one of these a name is no account.
_SITES = (
    "facebook|fb|instagram|insta|ig|twitter|x|tiktok|tik tok|youtube|yt|snapchat|linkedin|threads|bluesky|pinterest|"
    "flickr|padlet|kahoot|seesaw|tapestry|classdojo|class dojo|flipgrid|blog|podcast|newsfeed"
)
_THING = rf"(?:(?:{_SITES})(?: (?:account|page|group|channel|feed|profile))?|(?:account|page|channel|feed))"
_NAME = rf"(?:the|our) (?P<name>(?:[^\W_][\w'&-]* ){{1,6}}?{_THING})"
_KNOWN = r"(?:(?:the|our) )?(?P<known>[^\W_][\w'&-]*(?: [\w'&-]+){0,7})"
_KIND_OF_TOOL = r"(?:tools|apps|accounts|sites|websites|platforms)"
_TOOLS = rf"(?:(?:social media )?{_KIND_OF_TOOL}(?: (?:and|or) {_KIND_OF_TOOL})?|social media)"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen".split()
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_YEAR = r"(?:years?|yrs?|y)"
_STAGES: Mapping[str, tuple[str, ...]] = {
    "nursery": ("nursery",),
    "reception": ("reception",),
    "eyfs": ("nursery", "reception"),
    **{
        each: tuple(f"year-{number}" for number in range(first, last + 1))
        for stage, first, last in ((1, 1, 2), (2, 3, 6), (3, 7, 9), (4, 10, 11), (5, 12, 13))
        for each in (f"ks{stage}", f"ks {stage}", f"key stage {stage}")
    },
    **dict.fromkeys(("sixth form", "the sixth form", "sixth formers"), ("year-12", "year-13")),
}
_WHOM = (
    rf"(?P<whom>{_YEAR} ?{_NUMBER}s?(?:(?: to | and | or |-| )(?:{_YEAR} ?)?{_NUMBER}s?)*|{'|'.join(_STAGES)}|"
    r"(?:my |our |the )?(?:pupils|children|students|parents|families|carers))"
)
_END = r"(?: yet| now| please| here| at (?:our|this) school| for use| at the moment)*"
_LISTED = r"(?:in|on) the register"
_YES = r"(?:approved|agreed|signed off|authorised)"
_APPROVED = rf"(?:{_YES}|official|registered|{_LISTED}|(?:ok|okay|fine|alright) to use)"
_RUNS = (
    r"(?:runs|manages|holds|looks after|is in charge of|is responsible for|"
    r"has the (?:login|logins|password) (?:to|for|of)|has (?:access|a login) to)"
)
_FORMS: Sequence[tuple[RegisterAsked, str]] = (
    ("state", rf"(?:is|are|was|has|have) {{name}} (?:been )?{_APPROVED}(?: or not)?{_END}"),
    ("state", rf"(?:when|how long) is {{name}} (?:due for review|approved(?: until)?|reviewed){_END}"),
    ("state", rf"has {{name}} been (?:reviewed|looked at again){_END}"),
    ("state", rf"when was {{name}} (?:last )?(?:reviewed|{_YES}){_END}"),
    ("state", rf"who (?:has )?{_YES} {{name}}{_END}"),
    ("holders", rf"who {_RUNS} {{name}}{_END}"),
    ("list", rf"(?:which|what) {_TOOLS} (?:may|can|could|should|do|am|are) (?:i|we|staff|teachers) "
             rf"(?:allowed to )?use (?:with|for) {_WHOM}{_END}"),
    ("list", rf"(?:which|what) {_TOOLS} (?:are|have been) {_APPROVED}(?: (?:for|with)(?: use with)? {_WHOM})?{_END}"),
    ("list", rf"(?:what is|what's|whats|show|list)(?: me)? (?:in |on )?the (?:accounts? )?register{_END}"),
)  # fmt: skip
_STRICT = tuple((asked, re.compile(form.replace("{name}", _NAME))) for asked, form in _FORMS)
_LOOSE = tuple((asked, re.compile(form.replace("{name}", _KNOWN))) for asked, form in _FORMS if "{name}" in form)
_FILLERS = frozenset(
    "account page group channel feed profile department dept's department's school's of on for and s".split()
)
_LONGEST = 200
_HELLO = re.compile(r"(?:hi|hello|hey|good (?:morning|afternoon|evening))\b(?: (?:there|all))?[\s,.!]*", re.I)
_GOES_ON = re.compile(r"[.?!;:\n…][^\w]*\w")
# What makes a sentence of its own of the words behind a name: "who runs the PE Twitter a boy is bullied on it".
_NO_NAME = frozenset("a an is are was were has had he she they it i we my his her who that because".split())
_IN_FULL = {
    "physical education": "pe",
    "religious education": "re",
    "religious studies": "re",
    "d&t": "dt",
    "design and technology": "dt",
    "modern foreign languages": "mfl",
    "parent teacher association": "pta",
}
_FOR = {
    "pupils": "pupils",
    "children": "pupils",
    "students": "pupils",
    "parents": "parents",
    "families": "parents",
    "carers": "parents",
}

# Entries under which the way to a request stands: whoever asks these is about to begin something.
LEADS_TO_REQUEST = frozenset(
    {"start-account-alone", "paperwork-before-launch", "what-aim", "page-or-profile", "new-app", "outside-app-pupils"}
)


@dataclass(frozen=True)
class RegisterQuestion:
    """What is asked of the register: by which form, about which name, for which years or audience (empty: all).
    `certain` says that the name is plainly one of an account, so that it is said where the register has none."""

    asked: RegisterAsked
    name: str = ""
    whom: tuple[str, ...] = ()
    certain: bool = True


def question_in(text: str) -> RegisterQuestion | None:
    """A whole message -> what it asks of the register; None for everything else, and where it says more than that."""
    text = _HELLO.sub("", text.strip(), count=1)
    said = "" if _GOES_ON.search(text) else _plain(text)
    for certain, forms in ((True, _STRICT), (False, _LOOSE)):
        for asked, form in forms:
            if found := form.fullmatch(said):
                named = found.groupdict()
                name = (named.get("name") or named.get("known") or "").strip()
                if _may_be_a_name(name):
                    return RegisterQuestion(asked, name, _whom(named.get("whom") or ""), certain)
    return None


def found_by(question: RegisterQuestion, register: Iterable[Registered]) -> tuple[Registered, ...]:
    """Those of the register that are asked for, the newest last. Of a list only what both have agreed to."""
    if question.asked == "list":
        return tuple(each for each in register if each.state in AGREED and _is_for(each, question.whom))
    wanted = _words(question.name) - _FILLERS
    # A name that need not be that of an account ("the PE department") must name the tool as well.
    return tuple(
        each
        for each in register
        if wanted and wanted <= _names(each) and (question.certain or wanted & _words(each.asking.tool))
    )


def whom_in_words(whom: tuple[str, ...]) -> str:
    """Years or an audience, as they are said in a sentence; empty where the register knows no such year."""
    labels = {each.value: each.label.lower() for each in AUDIENCES}
    return labels.get(whom[0], "") or years_in_words(whom) if whom else ""


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    return " ".join(re.sub(r"[^\w'&-]+", " ", text.casefold().replace("’", "'")).split())


def _may_be_a_name(name: str) -> bool:
    """Whether it names one thing, and says nothing of it."""
    return _NO_NAME.isdisjoint(name.split()) and len(re.findall(rf"\b(?:{_SITES})\b", name)) <= 1


def _whom(said: str) -> tuple[str, ...]:
    if not said or said in _STAGES:
        return _STAGES.get(said, ())
    if not (marks := re.findall(rf"{_NUMBER}|\bto\b|-", said)):
        return (_FOR[said.split()[-1]],)
    years, run = list[int](), False
    for mark in marks:
        if mark in ("to", "-"):
            run = bool(years)
            continue
        number = int(mark) if mark.isdecimal() else _NUMBERS.index(mark) + 1
        years += range(years[-1] + 1, number) if run else ()
        years.append(number)
        run = False
    return tuple(f"year-{each}" for each in dict.fromkeys(years))


def _is_for(found: Registered, whom: tuple[str, ...]) -> bool:
    """Whether it is for some of them: which, its line says."""
    asking, wanted = found.asking, set(whom)
    return (
        not wanted
        or bool(wanted & set(asking.audience))
        or ("pupils" in asking.audience and bool(wanted & set(asking.years)))
    )


def _names(found: Registered) -> frozenset[str]:
    """Every word by which it may be called."""
    asking, whose = found.asking, found.asking.one("whose")
    return _words(f"{asking.name} {asking.tool} {'school' if whose == 'school' else 'department'}") | _FILLERS


def _words(text: str) -> frozenset[str]:
    said = _plain(text).replace("'s", "")
    for full, short in _IN_FULL.items():
        said = re.sub(rf"\b{full}\b", short, said)
    return frozenset(_ALSO.get(word, word) for word in said.split())
