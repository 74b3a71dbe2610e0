"""What the title of an event in a school's calendar means, by the words that British schools use. Pure.

A closed list of nouns (term, half term, break, training day) and verbs (begins, breaks up, returns): what is put
together from them is understood, however a school orders them; what holds one of them and is not is called unclear.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Meaning = Literal["inset", "closed", "term", "first", "last", "begins", "ends", "residential", "unclear"]
"""inset: staff are in, pupils are not. closed: a holiday. term: a whole term. first, last: a day on which a term starts
or ends. begins, ends: the same of a holiday. residential: a trip. unclear: about school days, but not understood."""

_SEASON = (
    r"(?:autumn|spring|summer|winter|christmas|xmas|easter|michaelmas|lent|trinity|hilary|whitsun|whit|festive|february|"
    r"feb|october|oct|may|november|december|july|new year|[1-6]|first|second|third|fourth|fifth|sixth|one|two|three|"
    r"four|five|six|1st|2nd|3rd|4th|5th|6th|school|academic|new|this|next|the|our|a|half|20\d\d|\d\d)"
)
_S = rf"(?:{_SEASON} )*"
_TERM = rf"{_S}(?:term|school year|academic year)(?: [1-6](?!\d))?"
_HALF = rf"{_S}(?:halfterm|midterm)(?: (?:holidays?|break|vacation|week|closure|leave|recess))?"
_REST = rf"{_S}(?:holidays?|hols|break|vacation|recess|closedown)"
_AWAY = rf"(?:{_HALF}|{_REST})"
_WHO = (
    r"(?:school|academy|college|sixth form|term|lessons?|pupils?|students?|children|child|everyone|all|we|classes|"
    r"whole school|years? \d+|y\d+|reception|eyfs|ks\d|(?:all )?(?:other )?(?:years?|year groups?)|staff and pupils|"
    r"boarders)"
)
_STARTS = r"(?:starts?|begins?|commences?|starting|beginning|opens|resumes?|restarts?|recommences?)"
_STOPS = r"(?:ends?|finish(?:es)?|closes?|concludes?|ending|finishing|over)"
_DAY = r"(?:day|teaching day|school day)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))


# Nothing to do with whether the school is open, though the words are the same.
_OTHER = _any(
    r"clubs?", r"camps?", r"homework", r"deadlines?", r"fixtures?", r"wraparound", r"childcare", r"after school",
    r"bookings?", r"consent", r"forms?", r"library books?", r"books?", r"reading challenge", r"newsletters?",
    r"breakfast", r"break time", r"tie break", r"break duty", r"tuck", r"raffle", r"menus?", r"payments?",
    r"revision", r"interventions?", r"boosters?", r"applications?", r"annual leave",
    r"(?<!pupils )(?<!students )(?<!school )on holiday", r"activit(?:y|ies)", r"courses?", r"workshops?",
    r"playscheme", r"scheme", r"study leave", r"short term", r"long term", r"medium term", r"car park", r"road",
    r"pool", r"office closed", r"library closed", r"gate", r"term ?time only", r"mock", r"mocks", r"resits?",
    r"work experience",
)  # fmt: skip
# What is held at the end of a term, and is no end of it.
_OCCASION = _any(
    r"assembl(?:y|ies)", r"concerts?", r"services?", r"discos?", r"reports?", r"celebrations?", r"awards?", r"exams?",
    r"tests?", r"assessments?", r"performances?", r"plays?", r"shows?", r"part(?:y|ies)", r"lunch(?:es)?",
    r"dinners?", r"treats?", r"rewards?", r"trips?", r"mass", r"church", r"fairs?", r"fayres?", r"parents? evenings?",
    r"projects?", r"jumpers?", r"productions?", r"prom", r"sales?", r"barbecue", r"bbq", r"picnic", r"quiz",
    r"raffles?", r"cards?", r"meetings?", r"photos?", r"data", r"tournaments?", r"matches", r"match", r"rehearsals?",
    r"lessons? observations?", r"topics?", r"overview", r"planners?", r"timetables?", r"swimming", r"music", r"choir",
    r"uniform", r"events?", r"nights?", r"evenings?",
)  # fmt: skip
_CANCELLED = _any(
    r"cancell?ed", r"postponed", r"no longer", r"tbc", r"provisional", r"not closed", r"open as usual",
)  # fmt: skip
_RESIDENTIAL = _any(
    r"residentials?",
)  # fmt: skip
_PUPILS_TRAINING = _any(
    r"football", r"netball", r"rugby", r"cricket", r"hockey", r"swim", r"athletics", r"dofe", r"duke of edinburgh",
    r"d of e", r"first aid", r"leaders?", r"prefects?", r"ambassadors?", r"mentors?", r"mediators?", r"bikeability",
    r"governors?", r"tutors? training session", r"parents?", r"volunteers?",
)  # fmt: skip
_INSET = _any(
    r"insets?", r"inset days?", r"inservice(?: days?| training)?", r"baker days?",
    r"(?:cpd|pd|pdd|inset|cpl)(?: days?)?", r"professional (?:development|learning)(?: days?)?",
    r"disaggregated(?: \w+){0,2}",
    r"(?:staff|teachers?|whole staff|whole school|all staff|teaching staff) (?:\w+ )?(?:training|development|planning)"
    r"(?: days?| session)?",
    r"(?:training|development|planning|preparation|moderation|curriculum|staff|teachers?|(?:staff|teacher) only)"
    r" days?", r"non ?(?:pupil|student|teaching|contact)s? days?", r"(?:pupil|student|child) free days?",
    r"no (?:pupils|students|children)(?: in(?: school)?)?",
    r"(?:pupils|students|children) not (?:in|required)(?: \w+)*", r"staff (?:return|back|only|in)",
    r"teachers? (?:return|back)", r"exceptional closure(?: days?)? for training",
)  # fmt: skip
_TWILIGHT = _any(
    r"twilights?",
)  # fmt: skip
_LAST = _any(
    rf"(?:last|final) (?:{_DAY}|pupil day|full day|day in school)"
    rf"(?: of(?: \w+)*? {_TERM}| (?:before|for)(?: \w+)*? {_AWAY})", rf"{_TERM}(?: \w+)?? {_STOPS}",
    rf"{_TERM} (?:last|final) {_DAY}", rf"(?:end|close|finish) of {_TERM}",
    rf"(?:{_WHO} )?(?:breaks? up|broke up|breaking up|breakup)(?: day)?",
    rf"(?:{_STOPS}|close|early (?:finish|closure|close)|closing) (?:\w+ ){{0,5}}?"
    rf"for (?:{_AWAY}|{_S}(?:christmas|easter|xmas|summer))", r"last (?:school day|day of school|day at school)",
    r"last teaching day", rf"{_WHO} {_STOPS} for {_AWAY}",
)  # fmt: skip
_FIRST = _any(
    rf"{_TERM}(?: \w+)?? {_STARTS}", rf"{_TERM} (?:first|1st) {_DAY}",
    rf"(?:start|beginning|commencement|opening|(?:first|1st) {_DAY}) of {_TERM}",
    r"(?:first|1st) (?:school day|day back|day of school|day at school|"
    r"day for (?:\w+ ){0,2}(?:pupils|students|children))",
    rf"(?:first|1st) {_DAY} (?:back )?(?:after|following) {_AWAY}",
    r"(?:returns?|returning|back|welcome back) to (?:school|academy|college|lessons)", r"back in school",
    rf"{_WHO}(?: \w+)? (?:returns?|reopens?|re opens?|is back|are back|back|resumes?|restarts?|recommences?)",
    rf"(?:school|academy|college) (?:{_STARTS})(?: (?:to|for) (?:\w+ )?(?:pupils|students|children|all))?",
    rf"(?:returns?|back|reopens?|re opens?) (?:from|after|following) {_AWAY}", r"(?:school )?(?:reopens?|re opens?)",
    rf"{_WHO} (?:first|1st) day", rf"(?:first|1st) day for {_WHO}", r"^(?:all )?(?:pupils|students|children) start",
)  # fmt: skip
_BEGINS = _any(
    rf"{_AWAY}(?: \w+)?? {_STARTS}", rf"(?:start|beginning|commencement|first day) of {_AWAY}",
    rf"{_AWAY} (?:first day|start)", rf"{_AWAY} from",
)  # fmt: skip
_ENDS = _any(
    rf"{_AWAY}(?: \w+)?? {_STOPS}", rf"(?:end|close) of {_AWAY}",
    rf"(?:last|final) day of {_S}(?:(?:halfterm|midterm) (?:holidays?|break|vacation|week)|holidays?|vacation)",
)  # fmt: skip
_UNSURE = _any(
    rf"(?:last|final) day (?:of|in) {_S}(?:halfterm|midterm)", r"staff training at",
    r"early (?:finish|closure|close)",
)  # fmt: skip
_CLOSED = _any(
    r"(?:bank|public|national|statutory) (?:holidays?|hols?)", r"(?:school|academy|college|all schools|sixth form) "
    r"(?:is |will be )?(?:closed|shut)", r"closed (?:to|for) (?:all |pupils|students|children|staff|everyone)\w*",
    r"(?:closure|closed)(?: days?)?", r"occasional (?:days?|holidays?|closure)(?: day)?",
    rf"{_S}(?:halfterm|midterm)(?: \w+)?", rf"{_S}(?:holidays?|vacation|recess|hols)", rf"(?:{_SEASON} )+break",
    r"(?:reading|mid|school) break", r"(?:local|september|autumn|may|victoria|easter) (?:weekend|holiday|monday)",
    r"exeats?(?: weekend)?", r"good friday", r"(?:boxing|may|christmas|new years|new year s) day",
    r"day off(?: for (?:all|everyone))?", r"no school(?= ?$)", r"no school (?:day|today|for \w+)", r"not in session",
    r"(?:pupils|students|children) (?:off|on holiday)",
)  # fmt: skip
_PLAINLY = _any(
    r"(?:last|final|first) day of", r"term (?:starts|begins|ends|finishes)", r"breaks? up", r"school (?:is )?closed",
)  # fmt: skip
_NUMBERED_HALF = re.compile(r"\bhalfterm [1-6]\b(?! ?(?:holiday|break|week))|\b(?:first|second) halfterm$")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_WHEN = (
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*|\d{{1,4}}(?:st|nd|rd|th)?|st|nd|rd|th|{_MONTH}|days?|weeks?|to|until|"
    rf"dates?|and|[a-d])"
)
_WHOLE_TERM = re.compile(
    rf"(?:\w+ ){{0,3}}?(?:{_TERM}(?: time)?(?: (?:one|two|three|four|five|six))?|(?:autumn|spring|summer) [12])"
    r"(?: (?:first|second|1st|2nd) half)?"
    rf"(?: {_WHEN})*"
)
_ABOUT = _any(
    r"terms?", r"halfterm", r"midterm", r"holidays?", r"closed?", r"closes", r"closure", r"closing", r"insets?",
    r"inservice", r"break", r"vacation", r"training", r"reopen\w*", r"returns?", r"back", r"break\w* up", r"day off",
    r"early finish", r"twilight", r"half day", r"school (?:day|year)", r"academic year", r"of school", r"strike",
    r"snow day", r"disaggregated", r"exeat", r"shut",
)  # fmt: skip


def meaning(title: str) -> tuple[Meaning, ...]:
    """The title of an event -> what it says about school days; two where it says both ("Start of term: INSET day"),
    none where it is about something else."""
    words = _plain(title)
    if not any(pattern.search(words) for pattern in (_ABOUT, _CLOSED, _INSET, _FIRST, _LAST)):
        return ("term",) if _WHOLE_TERM.fullmatch(words) else ("residential",) if _RESIDENTIAL.search(words) else ()
    if _RESIDENTIAL.search(words):
        return ("residential",)
    if _CANCELLED.search(words):
        return ("unclear",)
    if _OTHER.search(words):
        return ("unclear",) if _PLAINLY.search(words) else ()
    return _of_days(words)


def is_half_term(title: str) -> bool:
    """Whether a holiday lies within a term, however long it is."""
    return bool(re.search(r"\b(?:halfterm|midterm)\b", _plain(title)))


def _of_days(words: str) -> tuple[Meaning, ...]:
    edges = _edges(words)
    inset = bool(_INSET.search(words)) and not _PUPILS_TRAINING.search(words)
    if inset and _TWILIGHT.search(words) and not re.search(r"\bclosed|\bin lieu", words):
        return ()  # an evening of a school day
    if inset:
        return ("inset", *(each for each in edges if each in ("first", "last")))
    if edges:
        return edges
    if _UNSURE.search(words):
        return ("unclear",)
    if (_WHOLE_TERM.fullmatch(words) and not _OCCASION.search(words)) or _NUMBERED_HALF.search(words):
        return ("term",)
    if _CLOSED.search(words):
        return (
            ()
            if _OCCASION.search(words) and not re.search(r"\bclos(?:ed|ure)\b|\bholidays?$|\bbreak$", words)
            else ("closed",)
        )
    return () if _OCCASION.search(words) or _PUPILS_TRAINING.search(words) or not _ABOUT.search(words) else ("unclear",)


def _edges(words: str) -> tuple[Meaning, ...]:
    """The first or the last day of a term or of a holiday. A return counts before the end of a holiday on that day."""
    if _UNSURE.search(words) and re.search(r"(?:last|final) day (?:of|in)", words) and not _ENDS.search(words):
        return ()
    certain = re.search(r"\b(?:last|final|first) day\b|\bbreaks up\b|\bbreak up (?:for|at|day)\b", words)
    if _OCCASION.search(words) and not certain:
        return ()
    if re.search(r"\bhalfterm [1-6] ", words + " ") and (found := re.search(rf"\b(?:{_STARTS}|{_STOPS})\b", words)):
        return ("first",) if re.fullmatch(_STARTS, found[0]) else ("last",)
    for kind, pattern in _EDGES:
        if pattern.search(words):
            return (kind,)
    return ()


_EDGES: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    ("last", _LAST), ("first", _FIRST), ("begins", _BEGINS), ("ends", _ENDS),
)  # fmt: skip


def _plain(title: str) -> str:
    """Small letters and digits with single spaces, and one spelling for what is spelt in several ways."""
    text = unicodedata.normalize("NFKC", title).lower()
    text = re.sub(
        r"(?<=\d)[:.](?=\d\d)\s*(?:am|pm|hrs)?|i\.n\.s\.e\.t\.?",
        lambda found: "" if found[0][0] in ":." else "inset",
        text,
    )
    words = re.sub(r"[^a-z0-9]+", " ", text.replace("'s", "s").replace("\u2019s", "s")).strip()
    for spelling, one in (
        (r"\b(?:half|1 2) ?terms?\b", "halfterm"), (r"\bin ?set\b", "inset"),
        (r"\b(autumn|spring|summer) ([12])\b", r"\1 term \2"),
        (r"\bmid ?term\b", "midterm"), (r"\bin service\b", "inservice"),
        (r"\b(\d{4}) (\d\d)\b", r"\1"), (r"\bterm dates?\b", "term"),
    ):  # fmt: skip
        words = re.sub(spelling, one, words)
    return words
