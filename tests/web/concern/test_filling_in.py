"""Filling in the form on the page: the first screen, and what is wrong beside its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.web.pages import tel
from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST
from bot.knowledge import School
from bot.service.core import Core
from tests.drawn import Drawn
from tests.web.concern.form import (
    EVERYTHING,
    FIRST,
    PUPIL,
    SUNDAY,
    Client,
    count,
    kept,
    post,
    receipt_in,
    served,
    start,
    stored,
)

# --- the first screen


async def test_the_first_screen_comes_alone_with_numbers_to_ring(client: Client, school: School) -> None:
    response = await client.get("/concern")
    page = await response.text()
    drawn = Drawn(page)
    assert set(drawn.controls) == {"token", "step", "submission", "danger", "told"}
    assert response.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in response.headers["Set-Cookie"]
    for person in (*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head")):
        assert f'href="{tel(person.phone)}"' in page
    assert "tel:999" in drawn.links


async def test_every_form_has_its_own_key(client: Client) -> None:
    keys = [(await start(client))["submission"] for _ in range(3)]
    assert len(set(keys)) == 3
    assert all(len(key[0]) == 32 for key in keys)


async def test_outside_school_hours_the_first_screen_shows_who_covers(core: Core, school: School) -> None:
    async with served(core, SUNDAY) as client:
        page = await (await client.get("/concern")).text()
    assert school.holders("out-of-hours")[0].phone in page


@pytest.mark.parametrize("given", [{}, {"danger": "no"}, {"told": "yes"}])
async def test_both_first_questions_need_an_answer(client: Client, given: dict[str, str]) -> None:
    fields = await start(client, given) | {"step": ("first",)}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 400
    for name in {"danger", "told"} - set(given):
        assert drawn.texts[f"e-{name}"] == "Error: Pick an answer."
        assert drawn.controls[name]["aria-invalid"] == "true"
        assert f"#f-{name}" in drawn.links
    assert drawn.filled == kept(fields)
    assert "pupils" not in drawn.controls


async def test_after_no_danger_and_somebody_told_comes_the_form(client: Client) -> None:
    fields = await start(client, FIRST) | {"step": ("first",)}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 200
    assert drawn.filled == kept(fields) | {"step": ("report",)}
    assert {"about", "pupils", "adult", "seen", "words", "categories", "you", "you_email"} <= set(drawn.controls)
    assert "tell-first" not in drawn.texts and "danger" not in drawn.texts


async def test_in_danger_999_comes_first_and_the_form_is_marked(client: Client, school: School) -> None:
    page = await (
        await post(client, await start(client, {"danger": "yes", "told": "no"}) | {"step": ("first",)})
    ).text()
    text = page.replace("&#39;", "'")
    order = ["call 999 now", 'class="ring emergency" href="tel:999"', IN_DANGER, school.holders("dsl")[0].phone]
    order += ["Marked immediate", "Whom is it about?"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert TELL_FIRST not in text


async def test_whoever_told_nobody_is_sent_to_somebody_first(client: Client, school: School) -> None:
    page = await (await post(client, await start(client, {"danger": "no", "told": "no"}) | {"step": ("first",)})).text()
    assert page.index(TELL_FIRST) < page.index(school.holders("dsl")[0].phone) < page.index("Whom is it about?")
    assert "Marked immediate" not in page


async def test_where_one_would_attach_a_picture_the_form_says_why_not(client: Client) -> None:
    page = await (await post(client, await start(client, FIRST) | {"step": ("first",)})).text()
    assert page.index("Link to a message") < page.index(NO_PICTURES) < page.index("Who are you?")
    assert 'type="file"' not in page


async def test_fields_that_may_not_apply_stand_under_their_own_heading(client: Client) -> None:
    page = await (await post(client, await start(client, FIRST) | {"step": ("first",)})).text()
    assert page.index("If it is about a pupil") < page.index('name="pupils"')
    assert page.index("If it is about an adult") < page.index('name="adult"') < page.index("What happened")
    assert page.index('<option value="">Not in the list</option>') < page.index('<option value="dsl">')
    assert 'max="2026-11-23"' in page
    assert "maxlength" not in page


# --- what is wrong stands beside its field, and nothing is lost
_WRONG: tuple[tuple[dict[str, str | tuple[str, ...]], str, str], ...] = (
    ({"danger": ""}, "danger", "Pick an answer"),
    ({"told": ""}, "told", "Pick an answer"),
    ({"about": ""}, "about", "Pick an answer"),
    ({"about": "adult"}, "about", "You filled in “Pupil or pupils”"),
    ({"about": "pupil"}, "about", "You filled in “Not in the list"),
    ({"pupils": ""}, "pupils", "Write the pupil’s name"),
    ({"pupils": "x" * 501}, "pupils", "501 characters long"),
    ({"adult_name": ""}, "adult_name", "Pick the adult"),
    ({"adult_name": "R Calder"}, "adult_name", "Is this Mrs Ruth Calder"),
    ({"adult": "online"}, "adult_name", "You picked Mr Ben Ferreira"),
    ({"adult": "online", "adult_name": ""}, "adult_role", "You picked Mr Ben Ferreira"),
    ({"adult_role": "Headteacher"}, "adult_role", "tick “The headteacher”"),
    ({"adult_role": "DSL"}, "adult_role", "Designated Safeguarding Lead"),
    ({"seen": ""}, "seen", "Write a few words"),
    ({"seen": "é" * 3001}, "seen", "3,001 characters long"),
    ({"words": "x" * 3001}, "words", "3,001 characters long"),
    ({"date": "last Friday"}, "date", "This is not a day"),
    ({"date": "2026-11-24"}, "date", "still to come"),
    ({"date": "0206-11-20"}, "date", "too long ago"),
    ({"time": "x" * 61}, "time", "61 characters long"),
    ({"where": "x" * 201}, "where", "201 characters long"),
    ({"present": "x" * 501}, "present", "501 characters long"),
    ({"done": "x" * 3001}, "done", "3,001 characters long"),
    ({"link": "x" * 501}, "link", "501 characters long"),
    ({"you_name": ""}, "you_name", "Pick yourself"),
    ({"you_name": "Bello"}, "you_name", "Are you Ms Amara Bello"),
    ({"you": "online"}, "you_name", "You picked Mr Ben Ferreira"),
    ({"you": "online", "you_name": ""}, "you_role", "You picked Mr Ben Ferreira"),
    ({"you_email": "jo at school"}, "you_email", "not an e-mail address"),
)


@pytest.mark.parametrize(("changed", "field", "says"), _WRONG, ids=lambda value: str(value)[:40])
async def test_each_problem_stands_beside_its_field_and_everything_typed_is_kept(
    client: Client, file: Path, changed: dict[str, str | tuple[str, ...]], field: str, says: str
) -> None:
    fields = await start(client, {**EVERYTHING, **changed})
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 400
    assert says in drawn.texts[f"e-{field}"]
    control = drawn.controls[field]
    assert control["aria-invalid"] == "true"
    assert f"e-{field}" in control["aria-describedby"].split()
    assert f"#f-{field}" in drawn.links and "summary" in drawn.texts
    left = kept(fields) | {"step": ("report",)}
    assert drawn.filled == {name: values for name, values in left.items() if any(values)}
    assert count(file) == 0


@pytest.mark.parametrize("field", ["adult", "you", "categories", "about"])
async def test_what_is_not_in_a_list_is_refused(client: Client, file: Path, field: str) -> None:
    response = await post(client, await start(client, {**EVERYTHING, field: "nobody"}))
    assert response.status == 400
    assert Drawn(await response.text()).texts[f"e-{field}"] == "Error: Pick from the list."
    assert count(file) == 0


async def test_all_problems_are_shown_at_once_and_a_mended_form_is_logged(client: Client, core: Core) -> None:
    wrong = await start(client, {**EVERYTHING, "seen": "", "date": "2027-01-01", "you_name": ""})
    drawn = Drawn(await (await post(client, wrong)).text())
    assert {"e-seen", "e-date", "e-you_name"} <= set(drawn.texts)
    mended = {**drawn.filled, "seen": ("A bruise.",), "date": ("2026-11-23",), "you_name": ("Jo Marsh",)}
    checked = Drawn(await (await post(client, mended)).text()).filled
    receipt = receipt_in(await (await post(client, checked)).text())
    assert stored(core, receipt, "head").report.seen == "A bruise."


async def test_every_answer_that_is_needed_is_marked(client: Client) -> None:
    first = await (await client.get("/concern")).text()
    assert first.count("(needed)") == 2
    page = await (await post(client, await start(client, {**FIRST, "told": "no"}) | {"step": ("first",)})).text()
    assert page.count('<span class="needed">(needed)</span>') == 2
    assert "Needed if it is about a pupil" in page and "Needed if you are not in the list" in page


async def test_a_missing_name_is_called_by_its_name(client: Client) -> None:
    page = await (await post(client, await start(client, {**PUPIL, "you_name": ""}))).text()
    summary = page[page.index('role="alert"') : page.index("</section>")]
    assert "Your full name" in summary and "Not in the list" not in summary
    assert "Your full name is needed" in Drawn(page).texts["e-you_name"]
