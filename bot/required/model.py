"""The shapes: a colleague, something to read, how far somebody is with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

# A document of the school's own policy, what it comes to in short, a policy that was put in, one answer.
SubjectKind = Literal["document", "summary", "own", "entry"]
SUBJECT_KINDS: tuple[SubjectKind, ...] = get_args(SubjectKind)
KnownHow = Literal["", "link", "slack", "teams", "teams-trial", "terminal"]
KNOWN_HOW_WORDS: Mapping[KnownHow, str] = {
    "": "",
    "link": "by their personal link",
    "slack": "by their Slack account",
    "teams": "by their Teams account",
    "teams-trial": "in Teams without sign-in checks, not checked",
    "terminal": "named in the terminal, not checked",
}
QUESTIONS = 5  # that somebody is asked about one text, fewer where there are not as many


@dataclass(frozen=True)
class Subject:
    """What is to be read, by what it is and its id."""

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def subject_of(written: str) -> Subject | None:
    """ "document:staff-policy" -> Subject; None for what is none."""
    kind, colon, id_ = written.partition(":")
    return Subject(kind, id_) if colon and id_ and kind in SUBJECT_KINDS else None


@dataclass(frozen=True)
class Colleague:
    """Somebody who works or helps at the school, as the office lists them. `id` is random; whoever is on the list no
    more has left on the day on which that was seen, and stays here until it is over for how long that is kept."""

    id: str
    name: str
    email: str
    role: str = ""
    team: str = ""
    left_on: dt.date | None = None

    @property
    def is_here(self) -> bool:
        return self.left_on is None


@dataclass(frozen=True)
class RequiredText:
    """Something that staff are to read by a day: all of them, or those of some `teams`. `standing` is which edition it
    was when it was set. `set_by` is the id in school.yaml, empty for the terminal."""

    id: str
    subject: str
    title: str
    standing: str
    due: dt.date
    set_on: dt.date
    teams: tuple[str, ...] = ()
    set_by: str = ""
    ended_on: dt.date | None = None

    def is_for(self, colleague: Colleague) -> bool:
        """Whether this is to be read by somebody, as the list stands now."""
        return colleague.is_here and (not self.teams or colleague.team.casefold() in map(str.casefold, self.teams))


@dataclass(frozen=True)
class Progress:
    """How far one colleague is with one text. `turn` are the questions still to be answered rightly, the next one
    first; `said` is the one whose answer they are looking at, and `said_right` whether they had it right. How often
    somebody tried is nowhere. `standing` is the edition that they read, `reminded` the day of the last letter."""

    text: str
    colleague: str
    turn: tuple[str, ...] = ()
    said: str = ""
    said_right: bool = False
    answered: int = 0
    read_at: dt.datetime | None = None
    done_at: dt.datetime | None = None
    known_how: KnownHow = ""
    standing: str = ""
    reminded: dt.date | None = None
