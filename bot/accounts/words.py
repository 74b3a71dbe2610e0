"""An account in the register as people read it: the same words in every channel, in letters and on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from bot.accounts.form import AUDIENCES, YEARS, AccountForm
from bot.accounts.model import DecidedAs, Registered, RegisterState
from bot.concerns import Field, Screen
from bot.concerns.words import KNOWN_BY_WORDS, day
from bot.knowledge import School

ASK_FOR_ACCOUNT = "Ask for a new account or tool"  # what leads to the form, in every channel
STATE_WORDS: Mapping[RegisterState, str] = {
    "asked": "Asked for; the line manager has not opened it yet",
    "manager": "With the line manager",
    "leaders": "With the senior leaders (SLT)",
    "approved": "Approved, not in use yet",
    "refused": "Refused",
    "live": "Approved and in use",
    "due": "In use, and due for review",
    "handed-over": "Approved and in use, handed over",
    "closed": "Closed",
}
AS_WORDS: Mapping[DecidedAs, str] = {"manager": "Line manager", "leaders": "Senior leaders (SLT)"}
_LABELS = {option.value: option.label for option in (*AUDIENCES, *YEARS)}
_SAID_ELSEWHERE = ("manager", "holders", "others")
_NUMBERED = [each.value for each in YEARS if each.value.startswith("year-")]


def years_in_words(years: tuple[str, ...]) -> str:
    """Reception, Years 3 to 6."""
    numbers = sorted(_NUMBERED.index(each) + 1 for each in years if each in _NUMBERED)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [_LABELS[each] for each in ("nursery", "reception") if each in years]
    said += [f"Year {run[0]}" if len(run) == 1 else f"Years {run[0]} to {run[-1]}" for run in runs]
    return ", ".join(said)


def for_whom(found: Registered) -> str:
    """Pupils (Years 7 to 9), parents and carers."""
    said = []
    for each in found.asking.audience:
        words = _LABELS[each].partition(",")[0]
        said.append(f"{words} ({years_in_words(found.asking.years)})" if each == "pupils" else words.lower())
    whole = ", ".join(said)
    return f"{whole[:1].upper()}{whole[1:]}"


def standing(found: Registered) -> str:
    """How it stands, with the days that go with that."""
    words = STATE_WORDS[found.state]
    if found.state in ("live", "handed-over", "due"):
        return f"{words}. Review: {day(found.review_on)}"
    if found.state == "closed" and found.closed_on:
        return f"{words} on {day(found.closed_on)}"
    return words


def who_asked(found: Registered) -> str:
    """Who asked, and how their name was known."""
    asker = found.asked_by
    known = KNOWN_BY_WORDS.get(asker.known_by, "")
    return f"{asker.name}, {asker.role}".rstrip(", ") + (f" ({known})" if known else "")


def holders_in_words(found: Registered) -> str:
    """Everybody with a login, and who of them is of the senior leaders."""
    return "; ".join(f"{each.words}{' (SLT)' if each.leads else ''}" for each in found.holders)


def standing_of(school: School, found: Registered) -> Iterator[tuple[str, str]]:
    """How it stands, and in whose hands it is, by short labels."""
    yield "Stands", standing(found)
    yield "Asked by", who_asked(found)
    yield "Asked on", day(found.asked_at.astimezone(school.opening.zone).date())
    manager = school.people.get(found.asking.manager)
    yield "Line manager", f"{manager.name}, {manager.role}" if manager else "No longer at the school"
    yield "Who has a login", holders_in_words(found)
    if found.address:
        yield "Found at", found.address
    if found.closing:
        yield "Closed because", found.closing


def answers_of(screen: Screen, found: Registered) -> Iterator[tuple[str, str]]:
    """What was answered on one screen, by the questions; what was left empty is left out."""
    for field in screen.fields:
        if field.id not in _SAID_ELSEWHERE and (words := _answer(field, found)):
            yield field.label, words


def facts_of(school: School, form: AccountForm, found: Registered) -> Iterator[tuple[str, str]]:
    """All of it, in the order in which it is read."""
    yield from standing_of(school, found)
    for screen in form.screens:
        yield from answers_of(screen, found)


def decisions_of(school: School, found: Registered) -> Iterator[tuple[str, str]]:
    """What was decided and what was found at each review: a line, and the words."""
    for each in found.decisions:
        on = day(each.at.astimezone(school.opening.zone).date())
        yield f"{AS_WORDS[each.decided_as]}: {'agreed' if each.agreed else 'refused'}. {each.name}, {on}", each.reason
    yield from ((f"Reviewed. {each.name}, {day(each.on)}", each.said) for each in found.reviews)


def _answer(field: Field, found: Registered) -> str:
    values = found.asking.answers.get(field.id, ())
    if field.kind == "date":
        return day(dt.date.fromisoformat(values[0].strip())) if values else ""
    if field.id == "years":
        return years_in_words(values)
    labels = {option.value: option.label for option in field.options}
    return "\n".join(labels.get(value, value.strip()) for value in values)
