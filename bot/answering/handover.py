"""The reply that replaces an answer where a person must hear, and the note under an answer. Pure.

The words are the school's (knowledge/handovers.yaml). Here stands who is named at this hour, in which order, and who
never is: the person it may be about, and a line that is shut (practice-01, -02, -03, -12, -13, -14).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.concerns.form import staff
from bot.concerns.ladder.reaching import offered, reachable
from bot.hours import is_open
from bot.knowledge import Handovers, HandoverWording, NoteKind, Person, RingWording, Role, School
from bot.messages import PERILS, About, Contact, Handover, HandoverKind, Note, Ringing, Urgency

# Whose reader is whose: by whom it is about, for the faces of danger as well.
_BY_ABOUT: dict[About | None, HandoverKind] = {"staff": "adult", "head": "head"}
ABOVE = "number above"
_NOTES: dict[HandoverKind, NoteKind] = {
    "adult": "adult", "dsl": "adult", "own-conduct": "adult", "head": "head", "adult-at-risk": "adult-at-risk",
    "not-english": "anybody",
}  # fmt: skip


def hand_over(
    school: School,
    wording: Handovers,
    kind: HandoverKind,
    urgency: Urgency,
    about: About | None,
    now: dt.datetime,
    *,
    picture: bool = False,
) -> Handover:
    """The way to the people who must hear about this, those who can be reached at `now` first. `picture` is whether a
    nude or sexual one was spoken of."""
    kind = _head_for_dsl(school, kind)
    said = wording.kinds[kind]
    told = _people_of(school, wording, said, about, now)
    form = said.form and school.elsewhere is None
    log = said.log if school.elsewhere is None or not said.form else wording.elsewhere
    return Handover(
        kind=kind,
        urgency=urgency,
        about=about,
        heading=in_words(school, wording, said.heading),
        first=in_words(school, wording, f"{said.first} {wording.picture}" if picture else said.first).strip(),
        ring=tuple(told),
        steps=tuple(in_words(school, wording, line) for line in said.do),
        avoid=tuple(in_words(school, wording, line) for line in said.dont),
        log=in_words(school, wording, log),
        call_999=urgency == "immediate" or kind in PERILS or kind in ("adult-at-risk", "not-english"),
        form=form,
        elsewhere=school.elsewhere if said.form else None,
        above=tuple(each.text for each in wording.translations if each.approved_by) if kind == "not-english" else (),
    )


def note(school: School, wording: Handovers, kind: HandoverKind | None, about: About | None, now: dt.datetime) -> Note:
    """What stands under an answer where somebody real might be behind the question; `kind` and `about` are None where
    nobody can say whom it may be about."""
    if kind is None and about is not None:
        kind = _BY_ABOUT.get(about, "child")
    which: NoteKind = "anybody" if kind is None else _NOTES.get(kind, "child")
    said = wording.notes[which]
    hidden = _hidden(school, kind) | _not_theirs(school, said.whom)
    first = () if is_open(school, now) else said.closed
    people = [person for person in _holders(school, (*first, *said.whom), hidden) if offered(school, person, now)]
    people.sort(key=lambda person: not _may_answer(school, person, now))
    form = which != "adult-at-risk" and school.elsewhere is None
    return Note(in_words(school, wording, said.text), tuple(map(contact, people)), form)


def contact(person: Person) -> Contact:
    """What a member of staff is shown of a person of the school, or of a line outside it."""
    return Contact(person.name, person.role, person.phone, person.hours)


def _head_for_dsl(school: School, kind: HandoverKind) -> HandoverKind:
    """Where the DSL is the head, what is about the one is about the other."""
    both = set(school.roles.get("dsl", ())) & set(school.roles.get("head", ()))
    return "head" if kind == "dsl" and both else kind


def _people_of(
    school: School, wording: Handovers, said: HandoverWording, about: About | None, now: dt.datetime
) -> Iterator[Ringing]:
    """Everybody to ring. In danger the kind says what to do, and whom it is about decides who hears of it."""
    kind = _BY_ABOUT.get(about, said.kind) if said.kind in PERILS else said.kind
    ring = wording.kinds[kind].ring
    hidden = _hidden(school, kind) | _not_theirs(school, ring[0].whom)
    rung: set[str] = set()  # a number stands once on a card
    for heading, people in (
        *_first(school, wording, ring[0], hidden, now),
        *_then(school, wording, ring[1:], hidden, now),
    ):
        yield Ringing(heading, tuple(_once(contact(person), rung) for person in people))


def _first(
    school: School, wording: Handovers, ring: RingWording, hidden: frozenset[str], now: dt.datetime
) -> Iterator[tuple[str, tuple[Person, ...]]]:
    """Those who can be reached now, and apart from them the people of a school that is closed."""
    people = _named(school, ring, hidden, now)
    there = tuple(person for person in people if _may_answer(school, person, now))
    if there:
        yield in_words(school, wording, ring.when), there
    if away := tuple(person for person in people if person not in there):
        yield in_words(school, wording, wording.closed), away


def _then(
    school: School, wording: Handovers, rings: Iterable[RingWording], hidden: frozenset[str], now: dt.datetime
) -> Iterator[tuple[str, tuple[Person, ...]]]:
    for each in rings:
        people = sorted(_named(school, each, hidden, now), key=lambda person: not _may_answer(school, person, now))
        if people or "999" in each.when:
            yield in_words(school, wording, each.when), tuple(people)


def _named(school: School, ring: RingWording, hidden: frozenset[str], now: dt.datetime) -> tuple[Person, ...]:
    roles = ring.whom if is_open(school, now) else (*ring.closed, *ring.whom)
    return tuple(person for person in _holders(school, roles, hidden) if offered(school, person, now))


def _may_answer(school: School, person: Person, now: dt.datetime) -> bool:
    """Who can be reached at this hour. A chair of governors is not at the school by day either, so that its hours say
    nothing of them."""
    return "chair" in school.roles_of(person.id) or reachable(school, person, now)


def _once(who: Contact, rung: set[str]) -> Contact:
    """Whoever was named above is named again, and their number is not."""
    if who.phone in rung:
        return replace(who, role=f"{who.role} ({ABOVE})", phone="", hours="")
    rung.update({who.phone} - {""})
    return who


def _holders(school: School, roles: Iterable[Role], hidden: frozenset[str]) -> tuple[Person, ...]:
    found = dict.fromkeys(person for role in roles for person in school.holders(role))
    return tuple(person for person in found if person.id not in hidden)


def _hidden(school: School, kind: HandoverKind | None) -> frozenset[str]:
    """Whom it is about, as far as the kind says: they are never named as somebody to ring."""
    if kind == "head":
        return frozenset(school.roles.get("head", ()))
    return frozenset(school.roles.get("dsl", ())) if kind == "dsl" else frozenset()


def _not_theirs(school: School, readers: Iterable[Role]) -> frozenset[str]:
    """Staff who cover the night, but do not hear of this by day: they are not named for it at night either."""
    hear = {person.id for person in _holders(school, readers, frozenset())}
    covering = set(school.roles.get("out-of-hours", ())) & {person.id for person in staff(school)}
    return frozenset(covering - hear - set(school.roles.get("chair", ())))


def in_words(school: School, wording: Handovers, text: str) -> str:
    """A text with the terms of this nation in the place of {dsl} and its like."""
    for term, by_nation in wording.terms.items():
        text = text.replace(f"{{{term}}}", by_nation[school.nation])
    return text.replace("{elsewhere}", school.elsewhere.name if school.elsewhere else "")
