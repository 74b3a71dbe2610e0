"""An act -> how the account stands afterwards. Nothing is in use before its manager and a senior leader agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.accounts.acts import ActId, RegisterAct, fields_of, holder_of
from bot.accounts.model import AccountReview, Asking, DecidedAs, Decision, Holder, Registered, RegisterState
from bot.accounts.parts import leaders
from bot.concerns import Actor, IncompleteError
from bot.concerns.actions import GivenFields, read_given
from bot.concerns.naming.names import full_name_in
from bot.concerns.reading import person_named
from bot.knowledge import School

_LOOKED_AFTER = ("moderator", "cover")  # the fields that say who does
_A_YEAR = dt.timedelta(days=366)


@dataclass(frozen=True)
class _Doing:
    school: School
    found: Registered
    given: GivenFields
    by: Actor
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.school.opening.zone).date()


def after(
    school: School, found: Registered, act: RegisterAct, typed: Mapping[str, str], by: Actor, now: dt.datetime
) -> Registered:
    """How it stands once `by` has done it with what was typed. Raises IncompleteError; then nothing is changed."""
    given = read_given(fields_of(school, found, act), typed)
    return _DO[act.id](_Doing(school, found, given, by, now))


def _decide(doing: _Doing) -> Registered:
    as_leader = doing.found.state == "leaders"
    decided_as: DecidedAs = "leaders" if as_leader else "manager"
    agreed = doing.given["decision"] == "yes"
    decision = Decision(decided_as, agreed, doing.given["reason"], doing.by.person, doing.by.name, doing.now)
    state: RegisterState = ("approved" if as_leader else "leaders") if agreed else "refused"
    return replace(doing.found, state=state, decisions=(*doing.found.decisions, decision))


def _live(doing: _Doing) -> Registered:
    return replace(doing.found, state="live", address=doing.given["address"], live_on=doing.today)


def _review(doing: _Doing) -> Registered:
    day = doing.given.day("day")
    if day is None or not doing.today < day <= doing.today + _A_YEAR:
        raise IncompleteError({"day": "Pick a day within the next year."})
    reviewed = AccountReview(doing.by.name, doing.today, doing.given["reason"])
    reviews = (*doing.found.reviews, reviewed)
    return replace(doing.found, state="live", review_on=day, reminded_on=None, reviews=reviews)


def _leaving(doing: _Doing) -> Registered:
    holder = _holder(doing)
    return replace(doing.found, leaving=tuple(dict.fromkeys((*doing.found.leaving, holder.name))), reminded_on=None)


def _hand_over(doing: _Doing) -> Registered:
    if doing.given["changed"] != "yes":
        raise IncompleteError({"changed": "Change them first: until then, whoever leaves can still get in."})
    leaver, taker = _holder(doing), _taker(doing)
    holders = tuple(each for each in doing.found.holders if each.name not in (leaver.name, taker.name))
    holders = (*holders, taker)
    if len(holders) < 2:
        raise IncompleteError({"to": "Two people at least need a login. Pick somebody who has none yet."})
    if not any(each.leads for each in holders):
        raise IncompleteError({"to": "No senior leader would have a login. Pick one here."})
    left = tuple(name for name in doing.found.leaving if name != leaver.name)
    in_use = doing.found.state != "approved"
    return replace(
        doing.found, state="handed-over" if in_use else "approved", holders=holders, leaving=left, reminded_on=None,
        asking=_looked_after_by(doing.found.asking, leaver, taker),
    )  # fmt: skip


def _looked_after_by(asking: Asking, leaver: Holder, taker: Holder) -> Asking:
    """Whoever takes a login over looks after it too, where that was the leaver's."""
    theirs = [each for each in _LOOKED_AFTER if full_name_in(leaver.name, asking.one(each))]
    return replace(asking, answers={**asking.answers, **dict.fromkeys(theirs, (f"{taker.name} (was: {leaver.name})",))})


def _close(doing: _Doing) -> Registered:
    return replace(doing.found, state="closed", closed_on=doing.today, closing=doing.given["reason"])


def _holder(doing: _Doing) -> Holder:
    found = holder_of(doing.found, doing.given["who"])
    if found is None:
        raise IncompleteError({"who": "Pick one of those who have a login."})
    return found


def _taker(doing: _Doing) -> Holder:
    """Whoever was picked or written."""
    name, _, role = (part.strip() for part in doing.given["to_name"].partition(","))
    person = doing.school.people.get(doing.given["to"]) or person_named(doing.school, name)
    if person:
        lead = person.id in {each.id for each in leaders(doing.school)}
        return Holder(person.name, person.role, person.id, lead)
    if not name:
        raise IncompleteError({"to": "Pick who takes it over, or write their name and role below."})
    return Holder(name, role)


_DO: Mapping[ActId, Callable[[_Doing], Registered]] = {
    "decide": _decide, "live": _live, "review": _review, "leaving": _leaving, "hand-over": _hand_over, "close": _close,
}  # fmt: skip
