"""The way to the form, and its pure parts."""

from __future__ import annotations

import datetime as dt

from adapters.web.concern.view import FormPage, answers_of, moment, to_tell
from bot.concerns import form_for
from bot.knowledge import School
from tests.conftest import NOW
from tests.drawn import Drawn
from tests.web.concern.form import Client


async def test_the_chat_leads_to_the_form(client: Client) -> None:
    page = await (await client.get("/")).text()
    assert 'href="/concern"' in page and 'href="/concern/receipt"' in page
    token = Drawn(page).fields["token"][0]
    sent = {"token": token, "action": "ask", "text": "She told me her uncle hits her"}
    reply = await (await client.post("/", data=sent, headers={"X-Requested-With": "fetch"})).text()
    assert reply.index("Write it up") < reply.index('href="/concern">Log this concern')


def test_only_fields_that_are_asked_are_taken(school: School) -> None:
    fields = {"seen": ("x",), "token": ("t",), "where": ("  ",), "more": ("y",)}
    assert answers_of(form_for(school), fields) == {"seen": ("x",)}


def test_every_field_of_the_form_is_drawn_once(school: School) -> None:
    form = form_for(school)
    page = FormPage(school, form, "t", "s", (), dt.date(2026, 11, 23))
    drawn = [each.field.id for group in (*page.report, *page.reporter) for each in group.fields]
    assert drawn == [each.id for screen in (form.report, form.reporter) for each in screen.fields]
    assert all(group.heading for group in page.report[1:])


def test_while_little_is_known_the_first_answers_decide_whom_to_ring(school: School) -> None:
    def people(**answers: str) -> list[str]:
        return [person.id for person in to_tell(school, {name: (value,) for name, value in answers.items()}, NOW)]

    assert people() == ["dsl", "deputy-1", "deputy-2", "head"]
    assert people(about="head") == ["chair", "lado"]
    assert people(about="adult", adult_name="Amara Bello") == ["head", "lado"]
    assert people(about="pupil", you="dsl") == ["deputy-1", "deputy-2", "head"]


def test_moments_are_on_the_schools_clock(school: School) -> None:
    at = dt.datetime(2026, 7, 3, 13, 5, tzinfo=dt.UTC)
    assert moment(at, school.opening.zone) == "Friday 3 July at 14:05"
    assert moment(at, school.opening.zone, year=True) == "Friday 3 July 2026 at 14:05"
