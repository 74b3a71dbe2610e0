"""Who has read what: for the DSL by team and name, for governors in one line. How often anybody tried is in neither,
and no team is held against another. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.concerns.words import day
from bot.required.model import KNOWN_HOW_WORDS, Colleague, Progress, RequiredText

NO_TEAM = "No team"
COLUMNS = (
    "Name",
    "E-mail",
    "Role",
    "Team",
    "To read",
    "By",
    "Read and understood on",
    "Edition",
    "How they were known",
)


@dataclass(frozen=True)
class ReadBy:
    """Of a team, or of everybody: who has read and understood it, with when, and who has not yet; both by name."""

    team: str
    done: tuple[tuple[Colleague, Progress], ...]
    waiting: tuple[Colleague, ...]


@dataclass(frozen=True)
class RequiredResults:
    """How it stands with one text. `teams` are in the order of their names."""

    text: RequiredText
    teams: tuple[ReadBy, ...]

    @property
    def of(self) -> int:
        """How many are to read it."""
        return sum(len(team.done) + len(team.waiting) for team in self.teams)

    @property
    def done(self) -> int:
        """How many have."""
        return sum(len(team.done) for team in self.teams)

    def done_by(self, last: dt.date, zone: ZoneInfo) -> int:
        """How many had by the end of a day at the school."""
        found = (each.done_at for team in self.teams for _, each in team.done if each.done_at)
        return sum(at.astimezone(zone).date() <= last for at in found)


def results_of(
    text: RequiredText, colleagues: Iterable[Colleague], progress: Mapping[str, Progress]
) -> RequiredResults:
    """The colleagues who are to read it, and their progress by id -> how it stands."""
    teams: dict[str, list[Colleague]] = {}
    for each in sorted(colleagues, key=lambda each: (each.team.casefold(), each.name.casefold())):
        if text.is_for(each):
            teams.setdefault(each.team or NO_TEAM, []).append(each)
    return RequiredResults(text, tuple(_team(name, its, progress) for name, its in teams.items()))


def _team(name: str, its: Sequence[Colleague], progress: Mapping[str, Progress]) -> ReadBy:
    done = [(each, found) for each in its if (found := progress.get(each.id)) and found.done_at]
    with_it = {each.id for each, _ in done}
    return ReadBy(name, tuple(done), tuple(each for each in its if each.id not in with_it))


def for_governors(results: RequiredResults, today: dt.date, zone: ZoneInfo) -> str:
    """One line without a name: how many of how many, by when."""
    text, of = results.text, results.of
    staff = f"{of} staff" if not text.teams else f"{of} staff in {_listed(text.teams)}"
    if text.due >= today:
        return f"{results.done} of {staff} have read “{text.title}” so far. It is to be read by {day(text.due)}."
    by, now = results.done_by(text.due, zone), results.done
    since = f" {now} have now." if now > by else ""
    return f"{by} of {staff} had read “{text.title}” by {day(text.due)}.{since}"


def rows_of(results: RequiredResults, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """A row of COLUMNS for everybody who is to read it."""
    text = results.text
    for team in results.teams:
        for colleague, progress in (*team.done, *((each, None) for each in team.waiting)):
            at = progress.done_at if progress else None
            done = f"{at.astimezone(zone):%Y-%m-%d}" if at else ""
            standing = progress.standing if progress else ""
            how = KNOWN_HOW_WORDS[progress.known_how] if progress else ""
            yield (
                colleague.name, colleague.email, colleague.role, colleague.team, text.title, text.due.isoformat(),
                done, standing, how,
            )  # fmt: skip


def _listed(teams: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(teams[:-1]), *teams[-1:])))
