"""The sheet for the staff room: whom to ring as everywhere else, on one side of A4."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from adapters.documents.staff_room import as_html, as_text
from bot.answering.sheet import StaffSheet, staff_sheet
from bot.concerns.guidance import whom_to_ring
from bot.knowledge import Cover, Person, School
from bot.messages import Elsewhere
from tests.browsing import shoot
from tests.conftest import NOW
from tests.ladder.world import at, with_roles
from tests.terminal.conftest import desk
from tests.terminal.driving import Desk

__all__ = ["desk"]  # a fixture
ADDRESS = "https://ask.fernbank.example"
MOMENTS = [NOW, at("2026-11-29 03:00"), at("2026-12-25 12:00"), at("2029-01-01 12:00")]


def sheet_of(school: School, now: dt.datetime = NOW, address: str = ADDRESS) -> StaffSheet:
    return staff_sheet(school, address, ("Slack", "Teams"), now)


def with_many(school: School) -> School:
    """A school with as many people as a large one names."""
    deputies = {
        f"more-{number}": Person(
            f"more-{number}", f"Mrs Alexandra Featherstonehaugh-{number}", "Deputy Safeguarding Lead, Sixth Form",
            f"07700 900{number:03}", f"more{number}@fernbank.example",
        )
        for number in range(100, 109)
    }  # fmt: skip
    many = replace(school, people={**school.people, **deputies})
    return with_roles(many, deputy_dsl=(*school.roles["deputy-dsl"], *deputies))


@pytest.mark.parametrize(("part", "about"), [(0, "pupil"), (1, "adult"), (2, "head")])
def test_whom_to_ring_is_what_the_guidance_says_on_a_school_day(school: School, part: int, about: str) -> None:
    sheet = sheet_of(school)
    assert sheet.about[part].people == whom_to_ring(school, {"about": (about,)}, None, at("2026-11-23 11:00"))


@pytest.mark.parametrize("now", MOMENTS)
def test_it_says_the_same_whenever_it_is_printed(school: School, now: dt.datetime) -> None:
    ids = [[person.id for person in part.people] for part in sheet_of(school, now).about]
    assert ids == [["dsl", "deputy-1", "deputy-2", "head"], ["head", "chair", "lado"], ["chair", "lado"]]


def test_when_the_school_is_closed_it_names_night_and_holidays(school: School) -> None:
    closed = sheet_of(school).others[0]
    assert [person.id for person in closed.people] == ["duty", "social-care"]


def test_whoever_is_rung_only_when_the_school_is_closed_stands_there_alone(school: School) -> None:
    sheet = sheet_of(school)
    assert as_text(sheet).count(school.people["duty"].phone) == 1
    outside = [person.id for person in sheet.others[2].people]
    assert outside == ["social-care", "police", "nspcc", "samaritans", "support"]
    above = {person.id for part in sheet.about for person in part.people}
    assert "lado" in above, "whoever is named for a kind of concern stands there"


def test_every_line_outside_stands_on_it_with_its_hours(school: School) -> None:
    text = as_text(sheet_of(school))
    for person in ("lado", "social-care", "duty", "police", "nspcc", "samaritans", "support"):
        found = school.people[person]
        assert found.phone in text and found.hours in text, person


def test_leave_does_not_change_it(school: School) -> None:
    away = replace(school, cover=(Cover("dsl", "deputy-1", NOW.date(), NOW.date()),))
    assert sheet_of(away) == sheet_of(school)


def test_whoever_a_concern_is_about_is_never_named_for_it(school: School) -> None:
    both = with_roles(school, dsl=("head",))
    assert "head" not in {person.id for person in sheet_of(both).about[2].people}


def test_it_says_how_to_log_and_when_it_was_printed(school: School) -> None:
    for text in (as_text(sheet_of(school)), as_html(sheet_of(school))):
        for said in ("call 999", f"{ADDRESS}/concern", "type /concern", "log a concern", "23 November 2026"):
            assert said in text
    assert "/concern" not in as_text(staff_sheet(school, "", (), NOW))


def test_where_concerns_are_kept_elsewhere_it_leads_there(school: School) -> None:
    elsewhere = replace(school, elsewhere=Elsewhere("CPOMS", "https://cpoms.example", ()))
    text = as_text(sheet_of(elsewhere))
    assert "logs its concerns in CPOMS" in text and "https://cpoms.example" in text
    assert f"{ADDRESS}/concern" not in text


def test_nothing_that_stands_in_school_yaml_becomes_markup(school: School) -> None:
    people = {**school.people, "dsl": replace(school.people["dsl"], name="<b>Bello</b>")}
    assert "<b>Bello</b>" not in as_html(sheet_of(replace(school, people=people)))


@pytest.mark.browser
@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
def test_it_is_one_side_of_a4(browser: Browser, school: School, tmp_path: Path, many: bool) -> None:
    sheet = sheet_of(with_many(school) if many else school)
    page = browser.new_page()
    page.set_content(as_html(sheet))
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    shoot(page, f"sheet-{'many' if many else 'few'}")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.close()
    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) == 1
    assert [round(float(each)) for each in pages[0].mediabox[2:]] == [595, 842]
    text = re.sub(r"\s", "", pages[0].extract_text())
    for person in {person for part in (*sheet.about, *sheet.others) for person in part.people}:
        assert person.phone.replace(" ", "") in text, person.id


def test_the_command_writes_a_page_or_a_text(desk: Desk) -> None:
    desk.more["ASKFIRST_URL"] = ADDRESS
    printed = desk.run("sheet", "--text")
    assert (printed.status, printed.complained) == (0, "")
    assert "020 7946 0101    Ms Amara Bello" in printed.shown
    assert desk.run("sheet").shown.startswith("<!doctype html>")
    written = desk.run("sheet", "sheet.html")
    assert "hang it in the staff room" in written.shown
    assert "Ms Amara Bello" in (desk.folder / "sheet.html").read_text(encoding="utf-8")
    assert "folder is there" in desk.run("sheet", "nowhere/sheet.html").complained


def test_without_an_address_that_others_can_reach_none_stands_on_it(desk: Desk) -> None:
    printed = desk.run("sheet", "--text")
    assert "ASKFIRST_URL is not set" in printed.complained
    assert "127.0.0.1" not in printed.shown
