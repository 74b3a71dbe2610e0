"""What a message already says of the facts that an answer may turn on ("she's 24 now", "left in y11 last year"). Pure.

Ages are worked out from what is said: an age, a school year, or a year group or calendar year at leaving. A fact is
only taken where everything that was found points to one value; otherwise the bot asks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from bot.knowledge import FactKind

_AGE = re.compile(
    r"(?<!year )(?<!i am )(?<!at )\b"
    r"(?:(?:is|are|aged|age|only|just|turned|turning|now|a|all|about|nearly|and|be|was) )(?P<before>\d{1,2})\b"
    r"(?! (?:o'clock|pm|am|mins?|minutes|hours?|days?|weeks?|months?|years ago|pupils|students|of))"
    r"|\b(?P<after>\d{1,2})(?: now| yo\b|[- ]?years?[- ]old|[- ]?year[- ]old| yr old)"
    r"|\b(?P<bare>1[1-9]|[2-6]\d)(?=[,;]| and (?:works|working|at|in)\b)"
)
_AGE_WORDS = {
    **{
        word: number
        for number, word in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split(), 10)
    },
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
}
_LEFT = r"(?:left|leave|leaving|leaver|leavers|finished|finish|finishes|graduated|ex-pupils?)"
_LEFT_YEAR_GROUP = re.compile(rf"\b{_LEFT}\b.{{0,30}}?\byear (\d{{1,2}})\b|\byear (\d{{1,2}})\b.{{0,15}}?\b{_LEFT}\b")
_LONG_AGO = re.compile(
    r"\b(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty) (?:years|yrs) (?:ago|back|since)\b"
)
_AGES_AGO = re.compile(
    r"\b(?:decades? ago|long gone|donkey'?s years|years and years ago|way back|"
    r"back in the (?:nineties|noughties|90s|00s))\b"
)
_CALENDAR = re.compile(r"\b(?:in|of|since|class of|back in|left|until|from) ((?:19|20)\d\d)\b")
_THIS_SUMMER = re.compile(r"\b(?:this|in|last) (?:summer|june|july|term)\b|\bjust\b|\brecently\b")
_LAST_YEAR = re.compile(r"\blast year\b|\ba year ago\b|\b1 year ago\b")
_YEAR_GROUP = re.compile(r"\byear (\d{1,2})(?:s|ers?)?\b")
_NUMBER_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "fifteen": 15,
    "twenty": 20,
}
_LEAVING_AGE = 16  # what is assumed at leaving where no year group is given


def find_fact(kind: FactKind, text: str, today: dt.date) -> str | None:
    """The value that a message gives for one fact, or None. `text` is the normal form joined by blanks."""
    if kind.ages:
        value = _by_age(kind.ages, text, today, leaver=kind.id == "leaver-age")
        if value is not None:
            return value
    found = {value for value, cues in kind.cues.items() if any(re.search(cue, text) for cue in cues)}
    return found.pop() if len(found) == 1 else None


def _by_age(spans: Mapping[str, tuple[int, int]], text: str, today: dt.date, *, leaver: bool) -> str | None:
    ages = _ages_in(text) or (_since_leaving(text, today) if leaver else _of_year_groups(text))
    found = {value for age in ages for value, (low, high) in spans.items() if low <= age <= high}
    return found.pop() if len(found) == 1 else None


def _ages_in(text: str) -> list[int]:
    """The ages that are said outright."""
    words = [
        number
        for word, number in _AGE_WORDS.items()
        if re.search(rf"\b(?:is|only|just|turned|aged?|now) {word}\b", text)
    ]
    return words + [int(next(filter(None, found.groups()))) for found in _AGE.finditer(text)]


def _of_year_groups(text: str) -> list[int]:
    """Year N holds children who are N + 4 when it begins; the youngest decides."""
    return [int(found) + 4 for found in _YEAR_GROUP.findall(text) if int(found) <= 13]


def _since_leaving(text: str, today: dt.date) -> list[int]:
    """The age now of somebody who left a year group some time ago; [] where that cannot be told for certain."""
    years = _years_since(text, today)
    group = next((int(a or b) for a, b in _LEFT_YEAR_GROUP.findall(text)), None)
    if group is None:
        return [_LEAVING_AGE + years] if years is not None and years >= 3 else []
    if group <= 11:
        return [group + 5 + (years or 0)]
    # The end of Year 13 is 17 or 18 turning 18 or 19: sure only when some time has passed.
    return [group + 5 + years] if years is not None and years != 1 else []


def _years_since(text: str, today: dt.date) -> int | None:
    if found := _LONG_AGO.search(text):
        return int(found[1]) if found[1].isdigit() else _NUMBER_WORDS[found[1]]
    if _AGES_AGO.search(text):
        return 10
    if found := _CALENDAR.search(text):
        return max(today.year - int(found[1]), 0)
    if _LAST_YEAR.search(text):
        return 1
    return 0 if _THIS_SUMMER.search(text) else None
