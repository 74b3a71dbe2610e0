"""The way to the form, and its pure parts."""

from __future__ import annotations

import datetime as dt

from adapters.web.concern.view import FormPage, answers_of
from bot.concerns import form_for
from bot.concerns.words import day_and_time
from bot.knowledge import School
from tests.drawn import Drawn
from tests.web.concern.form import Client


async def test_the_chat_leads_to_the_form(client: Client) -> None:
    page = await (await client.get("/")).text()
    assert 'href="/concern"' in page and 'href="/concern/receipt"' in page
    token = Drawn(page).fields["token"][0]
    sent = {"token": token, "action": "ask", "text": "She told me her uncle hits her"}
    reply = await (await client.post("/", data=sent, headers={"X-Requested-With": "fetch"})).text()
    assert reply.index("Tell the Designated") < reply.index("Ring the first") < reply.index('href="/concern"')


def test_only_fields_that_are_asked_are_taken(school: School) -> None:
    fields = {"seen": ("x",), "token": ("t",), "where": ("  ",), "more": ("y",)}
    assert answers_of(form_for(school), fields) == {"seen": ("x",)}


def test_every_field_of_the_form_is_drawn_once(school: School) -> None:
    form = form_for(school)
    page = FormPage(school, form, "t", "s", (), dt.date(2026, 11, 23))
    drawn = [each.field.id for group in (*page.report, *page.reporter) for each in group.fields]
    assert drawn == [each.id for screen in (form.report, form.reporter) for each in screen.fields]
    assert all(group.heading for group in page.report[1:])


def test_moments_are_on_the_schools_clock(school: School) -> None:
    at = dt.datetime(2026, 7, 3, 13, 5, tzinfo=dt.UTC)
    assert day_and_time(at, school.opening.zone) == "Friday 3 July at 14:05"
    assert day_and_time(at, school.opening.zone, year=True) == "Friday 3 July 2026 at 14:05"
