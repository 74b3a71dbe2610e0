"""What whoever writes of a concern is told, and whom they can ring: worked out here, drawn by every channel. Pure.

It rests on as much as is known so far. Nobody is sent to the person it is about or to themselves, and first come those
who can be reached at this hour. Who hears of it is `routing`'s to say; this says the same to whoever wrote it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST, form_for, staff
from bot.concerns.ladder.reaching import offered
from bot.concerns.model import Adult, Receipt, Report, Reporter
from bot.concerns.reading import Answers, person_named, subject_is_clear
from bot.concerns.routing import Routing, ring_route
from bot.concerns.standing_in import as_of
from bot.concerns.words import day_and_time
from bot.hours import is_open
from bot.knowledge import Person, School
from bot.settings import Alerting

AdviceKind = Literal[
    "danger", "call-999", "tell-first", "ring", "another", "pictures", "not-logged", "unsure", "kept",
    "nobody-left", "unheard", "told", "closed", "not-told", "refused", "elsewhere", "claimed", "goes-to",
]  # fmt: skip
NOT_SAVED = "AskFirst could not save it"
_DANGER = "Someone is in danger: call 999 now"
CALL_999 = "If anyone is in danger now, call 999 first."
_RING = "Ring one of these people now:"
NOT_TOLD = "The adult it is about is not alerted and has no access here."
_CLAIMED = (
    "You gave the name of {name}, and nobody has checked that it is yours. So {name} is alerted like everybody else, "
    "and is told that the name was given."
)
_ANOTHER = "If it is about an adult at the school, ring the headteacher. If it is about the headteacher, ring:"
_OUTSIDERS = (
    "Guests and people of other organisations cannot log a concern here. Tell a member of staff of the school now. "
    "If anyone is in danger, call 999."
)
_UNHEARD: Mapping[Alerting, str] = {
    "screen": "The alert was only printed on the server's screen, where nobody may see it.",
    "nowhere": "It was stored, but AskFirst has no way to send alerts.",
}
_ADULT_KINDS = ("head", "staff", "dsl")


@dataclass(frozen=True)
class Advice:
    """One thing to say, in the order in which it is read. `heading` and `text` may be empty. `people` are those to
    ring, the first to be rung first; with the kind "told" they are those who hear of it anyway. `link` is an address
    that belongs to it."""

    kind: AdviceKind
    heading: str = ""
    text: str = ""
    people: tuple[Person, ...] = ()
    link: str = ""

    @property
    def urgent(self) -> bool:
        """Whether it must not be overlooked."""
        return self.kind in ("danger", "not-logged", "unsure", "nobody-left", "unheard")


# --- whom to ring


def whom_to_ring(school: School, known: Answers | Report, reporter: str | None, now: dt.datetime) -> tuple[Person, ...]:
    """Whom to ring, in this order. `known` are the answers so far, or the whole report; `reporter` is the id in
    school.yaml of whoever writes it, None where they are not in it or nobody knows yet."""
    school = as_of(school, now)
    # Half a form is enough: whom it is about and who writes it decide, not what happened.
    report = known if isinstance(known, Report) else _so_far(school, known, reporter)
    return ring_along(school, ring_route(school, report), report.reporter.person, now)


def ring_along(school: School, routing: Routing, reporter: str | None, now: dt.datetime) -> tuple[Person, ...]:
    """Whom to ring about a concern that goes this way: first whoever covers these hours, then everybody at school."""
    people: list[Person] = []
    school = as_of(school, now)
    people += cover(school, routing, reporter, now)
    people += _by_day(school, routing, reporter)
    if routing.kind == "head":  # a chair is at the school by day as little as by night
        people.sort(key=lambda person: "chair" not in school.roles_of(person.id))
    return tuple(person for person in dict.fromkeys(people) if offered(school, person, now))


def cover(school: School, routing: Routing, reporter: str | None, now: dt.datetime) -> tuple[Person, ...]:
    """Who can be reached while the school is closed: social care or its emergency team, whichever is open, and staff
    who cover if they may hear of it."""
    if is_open(school, now):
        return ()
    called = {person for call in routing.calls for person in call.people}
    # Of the staff only who hears of it anyway; a service outside is never barred.
    barred = {person.id for person in staff(school)} - called | routing.excluded | {reporter}
    on_duty = (*school.holders("out-of-hours"), *school.holders("social-care"))
    return tuple(person for person in on_duty if person.id not in barred and offered(school, person, now))


def _by_day(school: School, routing: Routing, reporter: str | None) -> tuple[Person, ...]:
    """Everybody on the ladder, the last resort, for adults the LADO too (practice-13)."""
    people = [school.people[person] for call in routing.calls for person in call.people if person in school.people]
    people += routing.last_resort
    people += school.holders("lado") if routing.kind in _ADULT_KINDS else ()
    silent = routing.excluded | {reporter}
    return tuple(person for person in dict.fromkeys(people) if person.id not in silent)


# --- before it is written


def before_writing(school: School, answers: Answers, reporter: str | None, now: dt.datetime) -> tuple[Advice, ...]:
    """What comes before the form, by the answers so far; with none, what stands beside the way to the form."""
    return tuple(_before(school, answers, reporter, now))


def _before(school: School, answers: Answers, reporter: str | None, now: dt.datetime) -> Iterator[Advice]:
    people, told = whom_to_ring(school, answers, reporter, now), answers.get("told") == ("yes",)
    if answers.get("danger") == ("yes",):
        yield Advice("danger", _DANGER, IN_DANGER, people)
        yield from _another(school, answers, reporter, now)
    else:
        yield Advice("call-999", text=CALL_999)
        if not told:
            yield Advice("tell-first", "Tell someone", TELL_FIRST, people)
            yield from _another(school, answers, reporter, now)
    yield Advice("pictures", text=NO_PICTURES)


def _another(school: School, answers: Answers, reporter: str | None, now: dt.datetime) -> Iterator[Advice]:
    """While nobody knows whom it is about, one of the people to ring may be the one."""
    school = as_of(school, now)
    if subject_is_clear(school, form_for(school), answers):
        return
    about_head = _so_far(school, {**answers, "about": ("head",)}, reporter)
    people = _by_day(school, ring_route(school, about_head), about_head.reporter.person)
    yield Advice("another", text=_ANOTHER, people=people[:1])


# --- when it was not logged, or may not have been


def not_logged(
    school: School,
    answers: Answers,
    reporter: str | None,
    now: dt.datetime,
    *,
    certain: bool,
    because: str = NOT_SAVED,
    kept: bool = True,
    word: Literal["logged", "added"] = "logged",
) -> tuple[Advice, ...]:
    """What is said instead of a receipt. Too slow is not `certain`: it may have been logged. `because` says what went
    wrong where that is known, `kept` that what was typed is still there; `word` is what should have been done."""
    said = _not_done(word, because) if certain else _unsure(word)
    return (said, *ring_instead(school, answers, reporter, now), *(_kept(word) if kept else ()))


def _not_done(word: str, because: str) -> Advice:
    return Advice("not-logged", f"This was NOT {word}", f"This was NOT {word}: {because}.")


def _unsure(word: str) -> Advice:
    said = f"We cannot say that it was {word}, so treat it as NOT {word}."
    return Advice("unsure", f"Treat this as NOT {word}", said)


def _kept(word: str) -> Iterator[Advice]:
    # Only a form has a key that makes it so; a line that is added has none.
    once = " The same form is never logged twice." if word == "logged" else ""
    yield Advice("kept", text=f"Everything you wrote is still here, so you can try again.{once}")


def ring_instead(school: School, answers: Answers, reporter: str | None, now: dt.datetime) -> tuple[Advice, ...]:
    """Where AskFirst cannot help just now: 999, and whom to ring."""
    return tuple(_ring_instead(school, answers, reporter, now))


def _ring_instead(school: School, answers: Answers, reporter: str | None, now: dt.datetime) -> Iterator[Advice]:
    yield Advice("call-999", text=CALL_999)
    yield Advice("ring", text=_RING, people=whom_to_ring(school, answers, reporter, now))
    yield from _another(school, answers, reporter, now)


# --- once it is logged


def after_logging(school: School, receipt: Receipt) -> tuple[Advice, ...]:
    """What belongs to a receipt beside its number."""
    return tuple(_after(school, receipt))


def _after(school: School, receipt: Receipt) -> Iterator[Advice]:
    if receipt.danger:
        yield Advice("danger", _DANGER, IN_DANGER, receipt.ring)
    if receipt.nobody_left:
        yield Advice("nobody-left", "Nobody at school is left to tell", _nobody(receipt), _unless_shown(receipt))
    elif not receipt.passed_on:
        yield Advice("unheard", "Tell somebody yourself, now", _unheard(receipt), _unless_shown(receipt))
    elif receipt.told:
        yourself = "If you can, tell them yourself as well. A message may be read late."
        yield Advice("told", "Who is told now", yourself, receipt.told)
    if receipt.claimed and receipt.alerting == "sent":
        yield Advice("claimed", text=_CLAIMED.format(name=receipt.claimed.name))
    # Also where nobody knows when it opens again: then the out-of-hours people are all the more wanted.
    if receipt.closed_until or receipt.out_of_hours:
        ring = receipt.out_of_hours or receipt.ring
        yield Advice("closed", "The school is closed now", _closed(school, receipt), ring)
    # Of adults only: a child, or a parent, may be told and may ask for the record. And only of what AskFirst does.
    if receipt.about_adult:
        yield Advice("not-told", text=NOT_TOLD)


def _nobody(receipt: Receipt) -> str:
    names = " and ".join(person.name for person in receipt.told) if receipt.alerting == "sent" else ""
    only = f"AskFirst tells only {names}. " if names else ""
    ring = "Ring the people above." if receipt.danger else "Ring now:"
    return f"{only}Everybody else who would hear is the person it is about, or is you. {ring}"


def _unheard(receipt: Receipt) -> str:
    ring = "Ring the people above." if receipt.danger else _RING
    return f"{_UNHEARD[receipt.alerting]} {ring}"


def _unless_shown(receipt: Receipt) -> tuple[Person, ...]:
    return () if receipt.danger else receipt.ring


def _closed(school: School, receipt: Receipt) -> str:
    opens = receipt.closed_until
    if opens is None:
        unread = "Nobody knows here when it opens again, and your concern may not be read until it does."
    else:
        at = day_and_time(opens, school.opening.zone)
        unread = f"It opens again on {at}. Your concern may not be read before then."
    return f"{unread} If it cannot wait, ring:"


# --- where the school keeps its concerns elsewhere


def kept_elsewhere(school: School, now: dt.datetime) -> tuple[Advice, ...]:
    """What is said in the place of the form where concerns are not logged here; nothing where they are."""
    place = school.elsewhere
    if place is None:
        return ()
    numbers = "".join(f" {each.name}: {each.phone}." for each in place.numbers)
    text = f"{school.name} logs its concerns in {place.name}, not here.{numbers}"
    return (Advice("elsewhere", f"Log it in {place.name}", text, link=place.link), *ring_instead(school, {}, None, now))


# --- who may log


def may_log(school: School, outside: bool) -> bool:
    """Whether somebody may log a concern in a chat: people from outside (guests, other organisations) only where the
    school says so."""
    return not outside or "log" in school.channels.get("outsiders", ())


def for_outsiders() -> tuple[Advice, ...]:
    """What people from outside read instead of the form."""
    return (Advice("refused", text=_OUTSIDERS),)


def outsiders_rule(school: School) -> str:
    """The school's setting in words, for whoever looks after it."""
    if may_log(school, outside=True):
        return "guests and people of other organisations may log concerns in Slack and Teams (channels > outsiders)"
    return (
        "guests and people of other organisations may not log concerns in Slack and Teams. To let them, write "
        "outsiders: [log] under channels in school.yaml"
    )


# --- what is known so far


def _so_far(school: School, answers: Answers, reporter: str | None) -> Report:
    """As much of a report as says who may hear of it."""
    about = answers.get("about", ())
    adult = Adult("", "", _person(school, answers, "adult")) if "adult" in about else None
    you = Reporter("", "", reporter or _person(school, answers, "you"))
    return Report(False, False, (), adult, "head" in about, "", "", None, "", "", "", "", (), "", you)


def _person(school: School, answers: Answers, name: str) -> str | None:
    """Who was picked from the list, or written beside it."""
    picked = next(iter(answers.get(name, ())), "")
    if picked in school.people:
        return picked
    named = person_named(school, next(iter(answers.get(f"{name}_name", ())), ""))
    return named.id if named else None
