"""Who has read what: for the DSL by name, for governors in one line; who may see it, what the audit says, how long it
is kept, on either kind of database."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack.required import render as slack_render
from adapters.teams.required import render as teams_render
from bot.answering.dialogue import Base
from bot.knowledge import Knowledge
from bot.knowledge.checks.model import CheckQuestion
from bot.knowledge.policies.own import OwnClause, OwnDocument
from bot.required.model import Progress, RequiredText, Subject
from bot.required.presses import to_required
from bot.required.taking import is_right
from bot.required.views import question_view
from bot.service.core import Core
from bot.service.required.desk import RequiredDesk, RequiredError
from bot.service.required.reminding import RequiredReminders
from bot.service.required.subjects import subjects_of, text_of
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.inboxing import World, opened
from tests.required.world import DSL, DUE, LIST, TEACHER, set_up

_DAY = dt.timedelta(days=1)


def read_it(
    desk: RequiredDesk, email: str, text: RequiredText, checks: tuple[CheckQuestion, ...], now: dt.datetime
) -> None:
    """Somebody reads it and answers everything rightly."""
    colleague = desk.by_email((email,))
    assert colleague
    view = desk.take(colleague, f"required read {text.id}", "link", now)
    while view.kind != "done":
        value = view.choices[0].value
        if view.kind == "question":
            check = next(each for each in checks if each.question == view.heading)
            value = next(choice.value for choice in view.choices if choice.label == check.right)
        view = desk.take(colleague, value, "link", now)


def test_governors_hear_one_line_and_whoever_was_late_counts_as_late(base: Base, either: Store) -> None:
    core = Core(lambda: base, either)
    desk, checks = core.required, base.knowledge.checks
    text = set_up(core, "entry:friend-pupil")
    line = "0 of 3 staff have read “A pupil's friend or follow request” so far. It is to be read by 4 December 2026."
    assert desk.have_read(NOW)[0].line == line
    read_it(desk, TEACHER, text, checks, NOW)
    after = NOW + 14 * _DAY
    read_it(desk, "d.anand@fernbank.example", text, checks, after)
    (count,) = desk.have_read(after)
    assert count.line == ("1 of 3 staff had read “A pupil's friend or follow request” by 4 December 2026. 2 have now.")
    assert (count.done, count.done_in_time, count.of) == (2, 1, 3)
    desk.take_staff("\n".join(LIST.splitlines()[:3]).encode(), DSL, "", after)
    assert desk.have_read(after)[0].of == 2, "whoever has left is not counted"
    for_team = set_up(core, "entry:danger-999", ("maths",))
    assert desk.count_of(desk.results(for_team.id, DSL, "", NOW) or pytest.fail(), NOW).line.startswith(
        "0 of 1 staff in Maths"
    )


def test_what_is_kept_ends_when_the_school_says(base: Base, either: Store) -> None:
    school = replace(base.knowledge.school, keep_required=1)
    knowledge = replace(base.knowledge, school=school)
    core = Core(lambda: replace(base, knowledge=knowledge), either)
    text = set_up(core, "entry:friend-pupil")
    read_it(core.required, TEACHER, text, knowledge.checks, NOW)
    core.required.take_staff("\n".join(LIST.splitlines()[:3]).encode(), DSL, "", NOW)
    reminders = RequiredReminders(lambda: knowledge, either, core.calendars, "")
    over = dt.datetime(2026, 12, 4, 9, tzinfo=dt.UTC) + 31 * _DAY
    assert reminders.forget_old(over) == 1  # whoever left
    assert reminders.forget_old(over + _DAY) == 2  # the text, and who had read it
    assert (core.required.all_results(), len(either.required(SCHOOL).colleagues())) == ((), 2)
    kinds = [line.kind for line in either.audit(SCHOOL).lines()]
    assert kinds == ["staff-listed", "required-set", "required-done", "staff-listed", *["required-forgotten"] * 2]
    assert either.audit(SCHOOL).verify() == ()


def test_a_press_that_comes_again_late_or_from_somebody_else_changes_nothing(base: Base, core: Core) -> None:
    text, desk = set_up(core, "entry:friend-pupil", ("Maths",)), core.required
    priya, dev = desk.by_email((TEACHER,)), desk.by_email(("d.anand@fernbank.example",))
    assert priya and dev
    view = desk.take(priya, f"required read {text.id}", "link", NOW)
    said = [desk.take(priya, view.choices[0].value, "link", NOW) for _ in range(3)]
    assert said[0] == said[1] == said[2] and said[0].kind == "said"
    other = desk.take(dev, view.choices[0].value, "link", NOW)
    assert other.kind == "gone", "it is for another team"
    assert desk.take(priya, "required pick 000000000000 x 0000000000", "link", NOW).kind == "gone"
    assert desk.take(priya, "anything else", "link", NOW).kind == "list"
    desk.end(text.id, DSL, NOW)
    assert desk.take(priya, f"required open {text.id}", "link", NOW).kind == "gone"
    assert not desk.end(text.id, DSL, NOW)


def test_what_cannot_be_set_is_refused_in_words(core: Core) -> None:
    core.required.take_staff(LIST.encode(), DSL, "", NOW)
    for written, due, teams, said in (
        ("entry:nothing", DUE, (), "there is nothing 'entry:nothing' to read"),
        ("nonsense", DUE, (), "there is nothing 'nonsense' to read"),
        ("entry:danger-999", dt.date(2026, 11, 22), (), "2026-11-22 is not a day from today on"),
        (
            "entry:danger-999",
            DUE,
            ("Chess",),
            "there is no team 'Chess'. The teams are: Early Years, Leadership, Maths",
        ),
    ):
        with pytest.raises(RequiredError, match=said):
            core.required.set(written, due, teams, DSL, NOW)


def test_everything_that_can_be_set_has_words_and_what_is_a_draft_cannot(knowledge: Knowledge) -> None:
    for subject, title in subjects_of(knowledge, NOW):
        found = text_of(knowledge, subject, NOW)
        assert found and found.title == title and found.parts and not found.why_not, subject
    policy = text_of(knowledge, Subject("document", "staff-policy"), NOW)
    assert policy and policy.standing == "Edition 1, 23 November 2026" and len(policy.first) >= 20
    nobody_approved = replace(knowledge, policy=replace(knowledge.policy, approved={}))
    draft = text_of(nobody_approved, Subject("document", "staff-policy"), NOW)
    assert draft and draft.why_not


def test_a_policy_that_was_put_in_is_read_in_its_own_words_with_the_questions_that_rest_on_it(base: Base) -> None:
    clauses = (
        OwnClause("ours-01", ("Keep pupils off your own accounts.",), ("Contact",), "1.1", force="must"),
        OwnClause("ours-02", ("Left out.",), left_out=True),
    )
    own = OwnDocument("ours", "Our policy", "3", "", "England", "ours.docx", "d", NOW.date(), clauses)
    entry = base.knowledge.entries["friend-pupil"]
    entries = {**base.knowledge.entries, entry.id: replace(entry, cites=("ours-01", *entry.cites[:4]))}
    found = text_of(replace(base.knowledge, own={"ours": own}, entries=entries), Subject("own", "ours"), NOW)
    assert found and [part.text for part in found.parts] == ["Contact", "1.1 Keep pupils off your own accounts."]
    assert ([each.id for each in found.first], found.standing) == (["friend-pupil"], "edition 3")


def test_an_option_too_long_for_a_button_stands_above_it_by_a_letter() -> None:
    long = "Tell the office first, " * 4
    check = CheckQuestion("q", "e", "What do you do?", "Ring 999", (long, "Wait"))
    progress = Progress("0" * 12, "c", turn=("q",))
    view = question_view(RequiredText("0" * 12, "entry:e", "T", "", DUE, NOW.date()), progress, check)
    place = [choice.label for choice in view.choices].index(long)
    for drawn in (str(slack_render(view).blocks), str(teams_render(view).content)):
        assert f"{'ABC'[place]}. {long.strip()}" in drawn
    presses = [to_required(choice.value) for choice in view.choices]
    assert [is_right(check, progress, press.option) for press in presses if press].count(True) == 1


# --- the inbox


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served


async def test_the_page_shows_names_without_tries_and_each_look_is_in_the_audit(world: World, store: Store) -> None:
    text = set_up(world.core, "entry:friend-pupil")
    read_it(world.core.required, TEACHER, text, world.base.knowledge.checks, NOW)
    head = await world.signed_in("head")
    page = (await head.get(f"/inbox/required/{text.id}")).text
    assert "1 of 3 staff have read" in page and "by their personal link" in page
    saved = await head.post(f"/inbox/required/{text.id}/export")
    rows = list(csv.reader(io.StringIO(saved.body.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Name", "Dev Anand", "Ms Amara Bello", "Priya Shah"]
    assert rows[3][4:] == [
        "A pupil's friend or follow request", "2026-12-04", "2026-11-23", text.standing, "by their personal link",
    ]  # fmt: skip
    looks = [(line.by.name, line.remark) for line in store.audit(SCHOOL).lines() if line.kind == "required-seen"]
    assert looks == [("Mrs Ruth Calder", f"{text.id}, the page"), ("Mrs Ruth Calder", f"{text.id}, csv")]
    for person in ("chair", "online"):
        other = await world.signed_in(person)
        for seen in (
            await other.get(f"/inbox/required/{text.id}"),
            await other.post(f"/inbox/required/{text.id}/export"),
        ):
            assert seen.status == 404 and "Shah" not in seen.text


async def test_a_link_is_taken_by_itself_and_an_answer_that_is_missing_is_asked_for(world: World) -> None:
    text, desk = set_up(world.core, "entry:friend-pupil"), world.core.required
    links = [f"/required/{world.store.required(SCHOOL).key_for(each.id, NOW + _DAY)}" for each in desk.colleagues()]
    visitor = await world.visitor()
    assert (await visitor.get(links[0])).status == 200
    assert (await visitor.get(f"{links[0][:-1]}x")).status == (await visitor.get("/required/x")).status == 403
    assert (await visitor.post(links[0], press=f"required read {text.id}")).status == 303
    missed = await visitor.post(links[0], otherwise=f"required open {text.id}")
    assert "Pick one of the answers first." in (await visitor.get(missed.to)).text
    assert (await visitor.post(links[0], press="something else")).status == 400
    assert "Please read this" in (await visitor.get(f"{links[1]}/{text.id}")).text, "it is another one's"
    world.later(days=1)
    over = await visitor.get(links[0])
    assert (over.status, "This link does not work any more" in over.text, "Shah" in over.text) == (403, True, False)


async def test_it_is_set_listed_and_ended_on_the_page(world: World) -> None:
    visitor = await world.signed_in("deputy-1")
    assert (await visitor.post("/inbox/required", action="list", list="")).status == 400
    refused = await visitor.post("/inbox/required", action="list", list="Name,Email\nA,\n")
    assert refused.status == 409 and "line 2: the e-mail address is missing" in refused.text
    taken = await visitor.post("/inbox/required", action="list", list=LIST)
    assert (taken.status, "Taken off" in taken.text, "New: Priya Shah" in taken.text) == (200, False, True)
    shorter = "".join(line for line in LIST.splitlines(True) if "Dev Anand" not in line)
    assert "Taken off: Dev Anand." in (await visitor.post("/inbox/required", action="list", list=shorter)).text
    asked = {"action": "set", "subject": "entry:danger-999", "due": "2026-12-04"}
    assert (await visitor.post("/inbox/required", **{**asked, "subject": ""})).status == 400
    assert (await visitor.post("/inbox/required", **{**asked, "due": "2020-01-01"})).status == 409
    assert (await visitor.post("/inbox/required", **asked, **{"team-Maths": "on"})).to == "/inbox/required?done=set"
    (results,) = world.core.required.all_results()
    assert (results.text.teams, results.text.set_by) == (("Maths",), "deputy-1")
    ended = await visitor.post("/inbox/required", action="end", text=results.text.id)
    assert ended.to == "/inbox/required?done=ended" and world.core.required.have_read(NOW) == ()


def test_an_answer_without_a_question_of_its_own_is_read_without_questions_about_others(knowledge: Knowledge) -> None:
    asked = {each.entry for each in knowledge.checks}
    none = next(each.id for each in knowledge.entries.values() if each.id not in asked)
    found = text_of(knowledge, Subject("entry", none), NOW)
    assert found and (found.first, found.others) == ((), ())


def test_one_text_has_one_day_for_everybody(core: Core) -> None:
    set_up(core, "entry:friend-pupil", ("Maths",))
    with pytest.raises(RequiredError, match="set already, to be read by 2026-12-04"):
        core.required.set("entry:friend-pupil", DUE + dt.timedelta(days=7), (), DSL, NOW)
    other = core.required.set("entry:friend-pupil", DUE + dt.timedelta(days=7), ("Early Years",), DSL, NOW)
    assert other.due > DUE


def test_where_nothing_was_asked_nobody_is_said_to_have_understood_it(base: Base, store: Store) -> None:
    core = Core(lambda: replace(base, knowledge=replace(base.knowledge, checks=())), store)
    text, colleague = set_up(core, "entry:friend-pupil"), core.required.by_email((TEACHER,))
    assert colleague
    view = core.required.take(colleague, f"required read {text.id}", "link", NOW)
    listed = core.required.take(colleague, "required list", "link", NOW)
    assert view.kind == "done" and "that you have read “" in view.parts[0].text
    assert listed.parts[0].text == f"{text.title}: read."
