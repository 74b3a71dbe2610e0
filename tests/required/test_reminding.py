"""Reminders: on school days alone, seldom, on the way on which somebody is reached, and never once it is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest

from adapters.delivering.mail import to_message
from adapters.delivering.sender import UndeliveredError
from bot.concerns import Account
from bot.knowledge import Person
from bot.required.cadence import is_letter_due
from bot.required.model import Progress, RequiredText
from bot.required.presses import RequiredPress, to_required
from bot.service.core import Core
from bot.service.letters import Letter
from bot.service.required.reminding import RequiredReminders
from bot.store import Known, Store
from bot.tips import Timetable
from tests.conftest import NOW, SCHOOL
from tests.required.world import DSL, TEACHER, reminder, set_up

_DAY = dt.timedelta(days=1)


@dataclass
class AtTheFarEnd:
    """A way that keeps what it is given, or refuses it."""

    channel: str = "email"
    name: str = "e-mail"
    refuses: bool = False
    sent: list[tuple[str, Letter]] = field(default_factory=list)

    def address_of(self, person: Person) -> str | None:
        return person.email or None

    async def send(self, letter: Letter, to: str) -> None:
        if self.refuses:
            raise UndeliveredError("not now")
        self.sent.append((to, letter))

    async def look(self, to: str) -> str | None:
        return None


def _days(due: dt.date, until: dt.date, core: Core, done_on: dt.date | None = None) -> list[str]:
    """On which days somebody gets a letter about what was set on 23 November."""
    table = Timetable(core.school(), {})
    text = RequiredText("t", "entry:x", "X", "", due, NOW.date())
    progress, found, day = Progress("t", "c"), list[str](), NOW.date()
    while day <= until:
        if done_on == day:
            progress = replace(progress, done_at=NOW)
        if is_letter_due(text, progress, day, table.has):
            found.append(f"{day:%a %d %b}")
            progress = replace(progress, reminded=day)
        day += _DAY
    return found


def test_they_come_when_it_is_set_a_week_and_a_day_before_on_the_day_and_then_weekly_in_term(core: Core) -> None:
    # Term ends on 18 December and begins again on 4 January: between them, and at weekends, nobody is written to.
    assert _days(dt.date(2026, 12, 7), dt.date(2027, 3, 1), core) == [
        "Mon 23 Nov", "Mon 30 Nov", "Fri 04 Dec", "Mon 07 Dec", "Mon 14 Dec", "Tue 05 Jan", "Mon 11 Jan", "Mon 18 Jan",
    ]  # fmt: skip


def test_they_stop_once_it_is_done(core: Core) -> None:
    assert _days(dt.date(2026, 12, 7), dt.date(2027, 1, 31), core, dt.date(2026, 12, 1)) == ["Mon 23 Nov", "Mon 30 Nov"]


async def test_a_letter_has_a_link_of_its_readers_own_and_one_process_sends_it(core: Core, store: Store) -> None:
    text, way = set_up(core, "entry:friend-pupil"), AtTheFarEnd()
    assert await reminder(core, way).remind() == 3
    assert await reminder(core, way).remind() == 0
    (letter,) = (letter for to, letter in way.sent if to == TEACHER)
    assert letter.subject == "To read by 4 December 2026: A pupil's friend or follow request"
    key = letter.link.rpartition("/")[2]
    colleague = core.required.colleague_of(key, NOW + 20 * _DAY)
    assert colleague and colleague.email == TEACHER
    assert core.required.colleague_of(key, NOW + 21 * _DAY) is None
    assert letter.offer and to_required(letter.offer[1]) == RequiredPress("open", text.id)
    assert "Logged" not in letter.text and to_message(letter, TEACHER, "askfirst@fernbank.example")["To"] == TEACHER
    assert [line.remark for line in store.audit(SCHOOL).lines()][-1] == f"{text.id}, 3 people"


def test_what_is_kept_no_longer_goes_by_the_schools_own_day(core: Core, store: Store) -> None:
    after_midnight = dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)
    last = dt.date(2027, 7, 1) - core.school().keep_required * dt.timedelta(days=31)
    for due in (last, last - _DAY):
        store.required(SCHOOL).set(RequiredText("", "entry:x", "X", "", due, due), DSL, NOW)
    reminders = RequiredReminders(lambda: core.base().knowledge, store, core.calendars, "")
    assert reminders.forget_old(after_midnight) == 1
    assert [each.due for each in store.required(SCHOOL).texts()] == [last]


async def test_several_things_are_one_letter(core: Core) -> None:
    way = AtTheFarEnd()
    set_up(core, "entry:friend-pupil")
    set_up(core, "entry:danger-999")
    assert await reminder(core, way).remind() == 3
    assert {letter.subject for _, letter in way.sent} == {"2 things to read"}


@pytest.mark.parametrize(("hour", "many"), [(7, 0), (8, 3), (17, 3), (18, 0)])
async def test_nobody_is_written_to_early_or_in_the_evening(core: Core, hour: int, many: int) -> None:
    set_up(core, "entry:friend-pupil")
    assert await reminder(core, AtTheFarEnd(), lambda: NOW.replace(hour=hour)).remind() == many


async def test_what_could_not_be_sent_is_tried_again(core: Core) -> None:
    set_up(core, "entry:friend-pupil")
    way = AtTheFarEnd(refuses=True)
    assert await reminder(core, way).remind() == 0
    way.refuses = False
    assert await reminder(core, way).remind() == 3


async def test_the_account_that_a_chat_named_comes_before_the_address(core: Core, store: Store) -> None:
    set_up(core, "entry:friend-pupil")
    account = Account("slack", "T1:U1")
    store.accounts(SCHOOL).keep(Known(account, "", "Priya Shah", "", False, (TEACHER,)))
    way = AtTheFarEnd("slack", "Slack")
    await reminder(core, way).remind()
    assert account.id in [to for to, _ in way.sent]


async def test_whoever_has_left_hears_nothing_and_their_link_is_over(core: Core, store: Store) -> None:
    set_up(core, "entry:friend-pupil")
    colleague = core.required.by_email((TEACHER,))
    assert colleague
    key = store.required(SCHOOL).key_for(colleague.id, NOW + _DAY)
    left = b"Name,Email\nDev Anand,d.anand@fernbank.example\n"
    core.required.take_staff(left, DSL, "", NOW, leavers=True)
    way = AtTheFarEnd()
    assert await reminder(core, way).remind() == 1
    assert core.required.colleague_of(key, NOW) is None
