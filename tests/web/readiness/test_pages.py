"""The review over real HTTP: answered part by part by several people, closed, and taken out for governors."""

from __future__ import annotations

import html
import re

import pytest

from tests.conftest import NOW, SCHOOL
from tests.inboxing import Seen, Visitor, World
from tests.readiness.reviewing import Reviewing

ROOT = "/inbox/readiness"
PARENTS = f"{ROOT}/parts/parents"
ASKED, OTHER = "parents-asked", "another-way"


def words(seen: Seen) -> str:
    """What the page says, without its marks."""
    body = re.sub(r"(?s)<(datalist|style|script)\b.*?</\1>", " ", seen.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def form_of(seen: Seen) -> dict[str, str]:
    """What the browser would send of the form of a part."""
    form = seen.text[seen.text.index("data-part") : seen.text.index('class="bar-below"')]
    fields = dict(re.findall(r'<input[^>]*? name="([\w-]+)" type="(?:text|date)"[^>]*? value="([^"]*)"', form))
    fields |= dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<input type="radio" name="([\w-]+)" value="([^"]*)" checked', form))
    fields |= dict(re.findall(r'<textarea[^>]*? name="([\w-]+)"[^>]*>\n(.*?)</textarea>', form, re.S))
    fields.pop("token", None)
    return {name: html.unescape(value) for name, value in fields.items()}


def reviewing(world: World) -> Reviewing:
    return Reviewing(world.base.knowledge, world.store)


async def begun(world: World, person: str) -> Visitor:
    """Somebody with the part about parents before them, and a review begun."""
    world.core.readiness.begin(SCHOOL, "dsl", NOW)
    visitor = await world.signed_in(person)
    await visitor.get(PARENTS)
    return visitor


async def close(world: World) -> None:
    """The whole first review, filled in and closed behind everybody's back."""
    here = reviewing(world)
    here.desk.begin(SCHOOL, "dsl", NOW)
    here.fill_in()
    here.save("dsl", "answers-current", rating="yes", evidence="All are approved.")
    world.core.readiness.close(SCHOOL, "dsl", NOW)


async def test_a_part_is_answered_and_leads_to_the_next_one(world: World) -> None:
    visitor = await world.signed_in("head")
    assert "Begin the first review" in (await visitor.get(ROOT)).text
    done = await visitor.post(ROOT, action="begin")
    assert done.to == f"{ROOT}?done=begun"
    page = await visitor.get(f"{ROOT}/parts/people")
    assert "AskFirst filled this in: Yes. Ms Amara Bello, Mr Owen Pryce and Mrs Hina Qureshi are named" in words(page)
    fields = {**form_of(page), "rating-leaders-decide": "yes", "evidence-leaders-decide": "Minutes <b>"}
    assert (await visitor.post(f"{ROOT}/parts/people", action="next", **fields)).to == f"{ROOT}/parts/policy?done=saved"
    again = await visitor.get(f"{ROOT}/parts/people")
    assert form_of(again)["evidence-leaders-decide"] == "Minutes <b>" and "Minutes <b>" not in again.text
    assert "Last saved by Mrs Ruth Calder, 23 Nov 2026, 10:00." in words(again)
    # Sent again as it was: nothing is written a second time.
    assert (await visitor.post(f"{ROOT}/parts/people", action="save", **form_of(again))).status == 303
    [kept] = world.store.readiness(SCHOOL).all()
    assert {name: len(found) for name, found in kept.versions.items()} == {"leaders-decide": 1}
    last = await visitor.get(f"{ROOT}/parts/pupils")
    assert (await visitor.post(f"{ROOT}/parts/pupils", action="next", **form_of(last))).to == f"{ROOT}?done=saved"


async def test_what_is_wrong_stands_in_a_summary_and_beside_its_field_and_the_rest_is_saved(world: World) -> None:
    visitor = await begun(world, "online")
    fields = {
        **form_of(visitor.seen[-1]), f"rating-{ASKED}": "yes", f"rating-{OTHER}": "not-yet",
        f"plan-{OTHER}": "Pupil Zelda Marker", f"due-{OTHER}": "soon",
        "rating-parents-helped": "not-yet",
    }  # fmt: skip
    page = await visitor.post(PARENTS, action="next", **fields)
    said = words(page)
    assert page.status == 400 and "Some of it is not saved" in said
    assert "The other statement that you changed is saved." in said
    for place in (f"{ASKED}-evidence", f"{OTHER}-plan", f"{OTHER}-due"):
        assert f'href="#{place}"' in page.text and f'id="{place}-wrong"' in page.text
    kept = form_of(page)
    assert (kept[f"plan-{OTHER}"], kept[f"due-{OTHER}"]) == ("Pupil Zelda Marker", "soon")
    assert kept[f"rating-{ASKED}"] == "yes" and kept["version-parents-helped"] == "1"
    mended = {**kept, f"evidence-{ASKED}": "A survey", f"plan-{OTHER}": "Ask them", f"due-{OTHER}": "2027-01-15"}
    assert (await visitor.post(PARENTS, action="save", **mended)).to == f"{PARENTS}?done=saved"


async def test_whoever_comes_second_sees_what_the_first_wrote_and_loses_nothing(world: World) -> None:
    first, second = await begun(world, "dsl"), await begun(world, "online")
    one = {**form_of(first.seen[-1]), f"rating-{ASKED}": "partly", f"evidence-{ASKED}": "Only Year 6 was asked."}
    assert (await first.post(PARENTS, action="save", **one)).status == 303
    two = {
        **form_of(second.seen[-1]), f"rating-{ASKED}": "yes", f"evidence-{ASKED}": "A survey in May.",
        f"rating-{OTHER}": "yes", f"evidence-{OTHER}": "The Friday letter.",
    }  # fmt: skip
    page = await second.post(PARENTS, action="save", **two)
    said = words(page)
    assert page.status == 409
    assert "Ms Amara Bello saved this at 10:00, while you were writing: Partly. What shows it: Only Year 6" in said
    assert form_of(page)[f"evidence-{ASKED}"] == "A survey in May."
    assert form_of(page)[f"version-{OTHER}"] == "1"
    assert (await second.post(PARENTS, action="save", **form_of(page))).status == 303
    found = reviewing(world).open()
    assert [each.judged.evidence for name in (ASKED, OTHER) if (each := found.find(name))] == [
        "A survey in May.", "The Friday letter.",
    ]  # fmt: skip


async def test_what_was_written_while_the_review_was_closed_is_given_back(world: World) -> None:
    visitor = await begun(world, "online")
    fields = {**form_of(visitor.seen[-1]), f"rating-{ASKED}": "yes", f"evidence-{ASKED}": "A survey in May 2026."}
    await close(world)
    page = await visitor.post(PARENTS, action="save", **fields)
    assert page.status == 409 and "This review was closed meanwhile, so that nothing was saved" in words(page)
    assert "A survey in May 2026." in page.text
    world.later(minutes=31)
    gone = await visitor.post(PARENTS, action="save", **fields)
    assert gone.status == 403 and "A survey in May 2026." in gone.text and "nothing was saved" in gone.text


async def test_it_is_closed_once_it_is_finished_and_the_next_one_has_it_beside(world: World) -> None:
    visitor = await begun(world, "head")
    refused = await visitor.post(ROOT, action="close")
    assert refused.status == 409 and f'href="{ROOT}/parts/people#leaders-decide"' in refused.text
    here = reviewing(world)
    here.fill_in()
    here.save("dsl", "answers-current", rating="yes", evidence="All are approved.")
    assert (await visitor.post(ROOT, action="close")).to == f"{ROOT}?done=closed"
    page = await visitor.get(ROOT)
    assert "Begin the next review" in words(page) and "Closed on 23 November 2026 by Mrs Ruth Calder" in words(page)
    done = {"review": "1", "statement": "two-can-get-in", "how": "Mrs Calder has a way in."}
    wrong = await visitor.post(ROOT, action="done", **{**done, "how": " "})
    assert wrong.status == 400 and "Write a few words." in wrong.text
    assert (await visitor.post(ROOT, action="done", **done)).to == f"{ROOT}?done=done"
    kept = words(await visitor.get(f"{ROOT}/reviews/1"))
    assert "Filled in by AskFirst: Not yet. No test alert was sent yet." in kept
    assert "says Mrs Ruth Calder: Mrs Calder has a way in." in kept
    await visitor.post(ROOT, action="begin")
    page = await visitor.get(f"{ROOT}/parts/safety")
    assert "Last time (review 1, 23 November 2026): Not yet. One PE teacher holds" in words(page)
    overview = await visitor.get(ROOT)
    assert 'data-chart="score"' in overview.text and 'data-chart="before"' in overview.text
    assert "“Last time” is review 1." in overview.text


async def test_governors_get_the_pdf_and_nothing_else(world: World) -> None:
    chair = await world.signed_in("chair")
    assert "No review was closed yet." in words(await chair.get(ROOT))
    await close(world)
    page = await chair.get(ROOT)
    assert "The plan" not in words(page) and "The score" not in words(page) and "data-chart" not in page.text
    assert (await chair.get(f"{ROOT}/reviews/1")).status == 404
    pdf = await chair.post(f"{ROOT}/reviews/1", action="pdf")
    assert (pdf.status, pdf.headers["Content-Type"], pdf.body[:4]) == (200, "application/pdf", b"%PDF")
    assert 'filename="are-we-ready-1.pdf"' in pdf.headers["Content-Disposition"]
    world.core.readiness.begin(SCHOOL, "dsl", NOW)
    assert (await chair.post(f"{ROOT}/reviews/2", action="pdf")).status == 404
    dsl = await world.signed_in("dsl")
    await dsl.get(ROOT)
    assert (await dsl.post(f"{ROOT}/reviews/2", action="pdf")).status == 200
    lines = [(line.kind, line.by.person) for line in world.store.audit(SCHOOL).lines()]
    assert lines.count(("readiness-printed", "chair")) == lines.count(("readiness-printed", "dsl")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "save"},
        {"action": "drop", "review": "1"},
        {"action": "save", "review": "x"},
        {"action": "save", "review": "1", "rating-parents-asked": "yes"},
        {"action": "save", "review": "1", "version-parents-asked": "-1"},
        {"action": "save", "review": "1", "other-parents-asked": "x", "version-parents-asked": "0"},
    ],
)
async def test_a_form_that_the_page_does_not_draw_is_refused(world: World, fields: dict[str, str]) -> None:
    visitor = await begun(world, "dsl")
    assert (await visitor.post(PARENTS, **fields)).status == 400
    [kept] = world.store.readiness(SCHOOL).all()
    assert kept.versions == {}


async def test_a_statement_that_is_not_in_the_review_is_said_so(world: World) -> None:
    visitor = await begun(world, "dsl")
    page = await visitor.post(PARENTS, action="save", review="1", **{"version-nowhere": "0", "rating-nowhere": "yes"})
    assert page.status == 409 and "There is no such statement any more" in words(page)
    assert (await visitor.get(f"{ROOT}/parts/nowhere")).status == 404
