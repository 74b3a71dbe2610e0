"""Questions that the register answers: "is the PE Instagram approved?", "who runs the school Facebook?", "which tools
may I use with Year 4?". A closed list of forms over the register's own names; what is no such form is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.accounts.form import AUDIENCES, YEARS
from bot.accounts.model import AGREED, Registered

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
_KNOWN = r"(?:the|our) (?P<known>[^\W_][\w'&-]*(?: [\w'&-]+){0,7})"
_KIND_OF_TOOL = r"(?:tools|apps|accounts|sites|websites|platforms)"
_TOOLS = rf"(?:(?:social media )?{_KIND_OF_TOOL}(?: (?:and|or) {_KIND_OF_TOOL})?|social media)"
_WHOM = (
    r"(?P<whom>(?:year|yr|y) ?\d{1,2}s?|nursery|reception|"
    r"(?:my |our |the )?(?:pupils|children|students|parents|families|carers))"
)
_END = r"(?: yet| now| please| here| at (?:our|this) school| for use| at the moment)*"
_LISTED = r"(?:in|on) the register"
_APPROVED = rf"(?:approved|agreed|official|registered|signed off|authorised|{_LISTED})"
_RUNS = (
    r"(?:runs|manages|holds|looks after|is in charge of|is responsible for|"
    r"has the (?:login|logins|password) (?:to|for|of)|has (?:access|a login) to)"
)
_FORMS: Sequence[tuple[RegisterAsked, str]] = (
    ("state", rf"(?:is|are|was|has|have) {{name}} (?:been )?{_APPROVED}(?: or not)?{_END}"),
    ("state", rf"(?:when|how long) is {{name}} (?:due for review|approved(?: until)?|reviewed){_END}"),
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
    """What is asked of the register: by which form, about which name, for which year or audience (empty: all).
    `certain` says that the name is plainly one of an account, so that it is said where the register has none."""

    asked: RegisterAsked
    name: str = ""
    whom: str = ""
    certain: bool = True


def question_in(text: str) -> RegisterQuestion | None:
    """A whole message -> what it asks of the register; None for everything else."""
    said = _plain(text)
    for certain, forms in ((True, _STRICT), (False, _LOOSE)):
        for asked, form in forms:
            if found := form.fullmatch(said):
                named = found.groupdict()
                name = (named.get("name") or named.get("known") or "").strip()
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


def whom_in_words(whom: str) -> str:
    """A year or an audience, as it is said in a sentence."""
    labels = {each.value: each.label for each in (*YEARS, *AUDIENCES)}
    words = labels.get(whom, "")
    return words if whom in {each.value for each in YEARS} else words.lower()


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    return " ".join(re.sub(r"[^\w'&-]+", " ", text.casefold().replace("’", "'")).split())


def _whom(said: str) -> str:
    if found := re.search(r"\d{1,2}", said):
        return f"year-{int(found[0])}"
    return _FOR.get(said.split()[-1], said) if said else ""


def _is_for(found: Registered, whom: str) -> bool:
    return (
        not whom or whom in found.asking.audience or ("pupils" in found.asking.audience and whom in found.asking.years)
    )


def _names(found: Registered) -> frozenset[str]:
    """Every word by which it may be called."""
    asking, whose = found.asking, found.asking.one("whose")
    return _words(f"{asking.name} {asking.tool} {'school' if whose == 'school' else 'department'}") | _FILLERS


def _words(text: str) -> frozenset[str]:
    return frozenset(_ALSO.get(word, word) for word in _plain(text).replace("'s", "").split())
