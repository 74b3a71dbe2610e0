"""The school's own policy over real HTTP: an answer of the questionnaire changes bot and document together, and nothing
is served or in force before somebody has approved it."""

from __future__ import annotations

import datetime as dt
import io
import re

import docx
import pytest

from bot.answering.dialogue import ask_once
from bot.concerns.chronology import OF_DOCUMENTS
from bot.knowledge.school_policy.model import ANSWERS, EDITIONS, Given
from bot.messages import Answer
from bot.service.authoring.shelf import Workshop
from bot.service.core import Core
from bot.service.policy_writing.answering import state_of
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.inboxing import Seen, Visitor, World
from tests.web.answers.conftest import Files
from tests.web.answers.test_pages import words

ROOT = "/inbox/documents"
AGE = f"{ROOT}/questions/ex-pupil-age"
POLICY = f"{ROOT}/read/staff-policy"
ENTRY = "friend-ex-pupil"
OLD, NEW = "Under 19: don't. From 19: not advised", "Under 21: don't. From 21: not advised"


def was(seen: Seen) -> str:
    """How the question stood when this page was drawn."""
    return str(re.findall(r'name="was" value="([0-9a-f]+)"', seen.text)[0])


def form(seen: Seen) -> dict[str, str]:
    """What the browser would send of the form under a document."""
    fields = dict(re.findall(r'name="(digest|review_by)" (?:type="date" )?value="([^"]+)"', seen.text))
    return {"action": "approve", "read": "yes", **fields}


async def answered(visitor: Visitor, path: str, **fields: str) -> Seen:
    """The question opened, looked at with this answer, and kept; what was sent back at last."""
    page = await visitor.get(path)
    looked = await visitor.post(path, action="look", was=was(page), **fields)
    return await visitor.post(path, action="save", was=was(looked), **fields) if looked.status == 200 else looked


async def approved(visitor: Visitor, path: str) -> Seen:
    posted = await visitor.post(path, **form(await visitor.get(path)))
    assert posted.status == 303, words(posted)
    return await visitor.get(posted.to)


def served(world: World) -> Answer:
    """What staff get for the question now."""
    reply = ask_once(world.core.base(), "can i friend an ex-pupil", world.now).reply
    assert reply.answer is not None
    return reply.answer


def kinds(world: World) -> list[tuple[str, str, str]]:
    """What the log says of the policy: what, of which, by whom."""
    lines = world.store.audit(SCHOOL).lines()
    return [(each.kind, each.remark, each.by.name) for each in lines if each.kind in OF_DOCUMENTS]


async def test_an_answer_that_was_taken_back_in_its_file_counts_no_more(world: World, files: Files) -> None:
    online, path = await world.signed_in("online"), files.folder / ANSWERS
    before = path.read_bytes()
    assert (await answered(online, AGE, value="21")).status == 303
    assert world.core.documents.policy(SCHOOL).given("ex-pupil-age").value == "21"
    path.write_bytes(before)
    files.refresh()
    assert world.core.documents.policy(SCHOOL).given("ex-pupil-age").value == "19"


@pytest.mark.slow
async def test_a_changed_age_changes_badge_answer_and_paragraph_and_is_served_once_it_is_approved(
    world: World, files: Files
) -> None:
    head, online = await world.signed_in("head"), await world.signed_in("online")
    assert "Documents (4)" in words(await head.get(ROOT)) and "Documents (" not in words(await online.get(ROOT))
    for name in ("staff-policy", "letter-to-parents"):
        assert "in force" in words(await approved(head, f"{ROOT}/read/{name}"))

    page = await online.get(AGE)
    assert "friend-ex-pupil" in page.text and "Acceptable use agreement, 2.5" in words(page)
    looked = await online.post(AGE, action="look", was=was(page), value="21")
    said = words(looked)
    assert "Nothing is kept yet" in said
    assert "Do not add, follow or accept an ex-pupil under Taken out: 19" in said and "Put in: 21" in said
    assert "Under Taken out: 19: . Put in: 21:" in said and "Connecting with ex-pupils online" in said
    assert (await online.get(AGE)).text.count('value="19"') == 1, "to look keeps nothing"

    assert "Documents (2)" in words(await head.get(ROOT))
    kept = await online.post(AGE, action="save", was=was(looked), value="21")
    assert (kept.status, kept.to) == (303, f"{ROOT}/questions?done=saved")
    draft = await head.get(POLICY)
    said = words(draft)
    assert "Draft of edition 2" in said and "Edition 1 of" in said and "ex-pupil under 21, and remove" in said
    in_force = await head.get(f"{POLICY}/in-force/docx")
    assert 'filename="staff-policy-edition-1.docx"' in in_force.headers["Content-Disposition"]
    text = "\n".join(each.text for each in docx.Document(io.BytesIO(in_force.body)).paragraphs)
    assert "ex-pupil under 19, and remove" in text and "Put into force by Mrs Ruth Calder on" in text
    assert "in force. Until then edition 1" in words(await head.get(ROOT))
    assert f"/inbox/answers/waiting/file:{ENTRY}" in draft.text
    assert said.count("What it rests on") == 2 and "an ex-pupil under the age of 19, online" in said
    assert "edition 1" in words(await head.get(f"{ROOT}/read/letter-to-parents")).lower()
    assert served(world).badge == OLD and "under 19" in served(world).answer, "former words until they are approved"

    assert "not in force yet" in words(await approved(head, POLICY))
    waiting = sorted(files.base.knowledge.waiting)
    assert ENTRY in waiting
    for name in waiting:
        file = await head.get(f"/inbox/answers/waiting/file:{name}")
        ticks = dict.fromkeys(re.findall(r'name="(tick-\d+)"', file.text), "yes")
        fields = dict(re.findall(r'name="(digest|review_by)" (?:type="date" )?value="([^"]+)"', file.text))
        assert (
            await head.post(f"/inbox/answers/waiting/file:{name}", action="approve", **fields, **ticks)
        ).status == 303
    assert served(world).badge == NEW and "under 21" in served(world).answer
    assert "in force from today" in words(await approved(head, POLICY))
    issued = docx.Document(io.BytesIO((await head.get(f"{POLICY}/docx")).body))
    assert "What has changed" in [each.text for each in issued.paragraphs]
    assert kinds(world) == [
        ("edition-issued", "staff-policy", "Mrs Ruth Calder"),
        ("edition-issued", "letter-to-parents", "Mrs Ruth Calder"),
        ("policy-answered", "ex-pupil-age", "Mr Ben Ferreira"),
        ("clauses-approved", "staff-policy", "Mrs Ruth Calder"),
        ("edition-issued", "staff-policy", "Mrs Ruth Calder"),
    ]
    assert {name: each.number for name, each in files.base.knowledge.policy.editions.items()} == {
        "staff-policy": 2, "letter-to-parents": 1,
    }  # fmt: skip


async def test_two_who_answer_at_once_lose_nothing(world: World, files: Files) -> None:
    one, other = await world.signed_in("online"), await world.signed_in("dsl")
    pages = [await each.get(AGE) for each in (one, other)]
    looked = await other.post(AGE, action="look", was=was(pages[1]), value="25")
    assert (await answered(one, AGE, value="21")).status == 303
    late = await other.post(AGE, action="save", was=was(looked), value="25")
    said = words(late)
    assert late.status == 409 and "somebody else has answered this meanwhile" in said
    assert "Their answer is: 21" in said and 'value="25"' in late.text
    assert (await other.post(AGE, action="look", was=was(late), value="25")).status == 200

    lock = files.folder / "policy" / f".{ANSWERS.rpartition('/')[2]}.new"
    lock.write_text("", encoding="utf-8")
    busy = await other.post(AGE, action="save", was=was(late), value="25")
    assert busy.status == 409 and "Yours still stands below" in words(busy) and 'value="25"' in busy.text
    lock.unlink()
    assert (await other.post(AGE, action="save", was=was(busy), value="25")).status == 303
    assert files.base.knowledge.policy.answers["ex-pupil-age"].value == "25"


def test_whoever_wrote_something_sees_it_before_it_is_live(files: Files, store: Store) -> None:
    core = Core(lambda: files.base, store, workshop=Workshop(files.folder))  # which looks at the files later
    desk, age = core.documents, "ex-pupil-age"
    desk.answer(SCHOOL, "dsl", age, Given("21"), state_of(desk.policy(SCHOOL), age), NOW)
    assert desk.policy(SCHOOL).answers[age].value == "21"
    assert core.base().knowledge.policy.answers[age].value == "19"
    [letter] = [each for each in desk.documents(SCHOOL, NOW) if each.letter]
    desk.approve(SCHOOL, "head", letter.id, desk.digest(SCHOOL, letter), NOW)
    assert [each.is_draft for each in desk.documents(SCHOOL, NOW) if each.letter] == [False]
    files.refresh()
    assert desk.knowledge(SCHOOL) is files.base.knowledge


async def test_a_document_that_was_changed_while_it_was_read_is_not_approved(world: World, files: Files) -> None:
    head, online = await world.signed_in("head"), await world.signed_in("online")
    page = await head.get(POLICY)
    await answered(online, f"{ROOT}/questions/moderator", value="head")
    refused = await head.post(POLICY, **form(page))
    assert refused.status == 409 and "changed since it was shown to you" in words(refused)
    assert not (files.folder / EDITIONS).exists()


async def test_who_answers_and_who_approves(world: World) -> None:
    people = world.school.roles
    roles = {**people, "deputy-dsl": ("deputy-1",), "author": ("deputy-2",)}
    world.change_school(roles=roles)
    world.core._files = lambda: world.base
    author, online = await world.signed_in("deputy-2"), await world.signed_in("online")
    page = await author.get(AGE)
    assert page.status == 200 and 'name="was"' not in page.text
    assert (await author.post(AGE, action="look", was="", value="21")).status == 409
    page = await online.get(POLICY)
    assert "approved by the DSL or the headteacher" in words(page) and 'value="approve"' not in page.text
    digest = world.core.documents.digest(SCHOOL, world.core.documents.documents(SCHOOL, world.now)[0])
    sent = await online.post(POLICY, action="approve", read="yes", digest=digest, review_by="")
    assert sent.status == 409 and "by the DSL or the headteacher" in words(sent)


async def test_every_kind_of_question_is_answered(world: World, files: Files) -> None:
    dsl = await world.signed_in("dsl")
    rows = {"row-0-site": "Blog", "row-0-audience": "Parents", "row-0-run-by": "Year 3", "row-0-access": "Everybody"}
    rows |= {"row-4-site": "Choir", "row-4-audience": "All", "row-4-run-by": "Music", "row-4-access": "Members only"}
    for question, fields in (
        ("review-month", {"value": "april"}),
        ("moderator", {"value": "head"}),
        ("ai-tools", {"words": "none <b>yet</b>"}),
        ("who-signs", {"pick-staff": "yes", "pick-governors": "yes"}),
        ("sites", rows),
    ):
        assert (await answered(dsl, f"{ROOT}/questions/{question}", **fields)).status == 303, question
    given = files.base.knowledge.policy.answers
    assert [given[each].value for each in ("review-month", "moderator", "ai-tools")] == [
        "april", "head", "none <b>yet</b>",
    ]  # fmt: skip
    assert given["who-signs"].several == ("staff", "governors")
    assert given["sites"].rows == (
        ("Blog", "Parents", "Year 3", "Everybody"),
        ("Choir", "All", "Music", "Members only"),
    )
    shown = [await dsl.get(path) for path in (f"{ROOT}/questions", f"{ROOT}/questions/ai-tools", POLICY)]
    assert all("none &lt;b&gt;yet" in each.text and "<b>yet" not in each.text for each in shown)


async def test_what_is_no_answer_is_said_beside_the_field_and_nothing_is_kept(world: World, files: Files) -> None:
    before = (files.folder / ANSWERS).read_bytes()
    dsl = await world.signed_in("dsl")
    for question, fields, status, said in (
        ("ex-pupil-age", {"value": "12"}, 400, "not a whole number from 18 to 25"),
        ("ex-pupil-age", {"value": ""}, 400, "The answer is empty. Write a number."),
        ("review-month", {}, 400, "The answer is empty. Choose one."),
        ("who-signs", {}, 400, "Tick one at least"),
        ("ai-tools", {"words": "{head}"}, 400, "holds braces"),
        ("sites", {"row-0-site": "Blog"}, 400, "“For whom” is empty in row 1"),
        ("ex-pupil-age", {"value": "21", "row-0-site": "x"}, 400, ""),
        ("weather", {"value": "21"}, 404, ""),
    ):
        await dsl.get(AGE)
        sent = await dsl.post(f"{ROOT}/questions/{question}", action="look", was="0" * 16, **fields)
        assert sent.status == status and said in words(sent), question
        assert not said or ('id="question-wrong"' in sent.text and 'href="#answer"' in sent.text)
    assert (files.folder / ANSWERS).read_bytes() == before


async def test_an_answer_that_would_break_a_rule_of_an_entry_is_refused_with_the_rule(
    world: World, files: Files
) -> None:
    entries = files.folder / "entries" / "contact-families.yaml"
    badge = 'badge: "Not advised for whoever worked here, {review-month}, from'
    entries.write_text(entries.read_text(encoding="utf-8").replace('badge: "Not advised, even from', badge), "utf-8")
    dsl = await world.signed_in("dsl")
    path = f"{ROOT}/questions/review-month"
    refused = await dsl.post(path, action="look", was=was(await dsl.get(path)), value="january")
    said = words(refused)
    assert refused.status == 409 and "“Connecting with ex-pupils online” would break a rule" in said
    assert "60 at most" in said and 'value="january" checked' in refused.text


async def test_unanswered_questions_are_gone_through_one_after_the_other(world: World, files: Files) -> None:
    (files.folder / ANSWERS).unlink()
    files.refresh()
    dsl = await world.signed_in("dsl")
    first = await dsl.get(f"{ROOT}/questions/responsible")
    assert "question 1 of 27" in words(first) and "Nobody has answered it yet" in words(first)
    kept = await dsl.post(f"{ROOT}/questions/responsible", action="look", was=was(first), value="head")
    assert (kept.status, kept.to) == (303, f"{ROOT}/questions/review-month?done=saved"), (
        "the usual answer changes no word"
    )
    assert [*files.base.knowledge.policy.answers] == ["responsible"]
    page = await dsl.get(POLICY)
    assert f"{ROOT}/questions/review-month" in page.text and "usual answer stands" in words(page)


async def test_the_files_say_what_the_page_says_and_are_drafts_until_somebody_puts_them_into_force(
    world: World, files: Files
) -> None:
    head = await world.signed_in("head")
    draft = await head.get(f"{ROOT}/read/letter-to-parents/docx")
    assert 'filename="letter-to-parents-draft.docx"' in draft.headers["Content-Disposition"]
    texts = [each.text for each in docx.Document(io.BytesIO(draft.body)).paragraphs]
    assert "This is a draft. It is not in force. To be done first:" in texts
    page = words(await approved(head, f"{ROOT}/read/letter-to-parents"))
    assert "Put into force by Mrs Ruth Calder on" in page
    final = await head.get(f"{ROOT}/read/letter-to-parents/docx")
    assert 'filename="letter-to-parents-edition-1.docx"' in final.headers["Content-Disposition"]
    made = docx.Document(io.BytesIO(final.body))
    clauses = [each.text.strip() for each in made.paragraphs if each.style and each.style.name == "Clause"]
    assert len(clauses) > 10 and all(each in page for each in clauses if each)
    pdf = await head.get(f"{ROOT}/read/letter-to-parents/pdf")
    assert pdf.body.startswith(b"%PDF") and (await head.get(f"{ROOT}/read/letter-to-parents/exe")).status == 404
    assert (await head.get(f"{ROOT}/read/leaflet")).status == 404


async def test_clauses_that_are_due_are_read_again_by_a_day_that_somebody_picks(world: World, files: Files) -> None:
    world.now = dt.datetime(2027, 9, 6, 9, 0, tzinfo=dt.UTC)
    head = await world.signed_in("head")
    page = await head.get(POLICY)
    assert "of its clauses were to be read again by 31 August 2027" in words(page)
    for changed, wrong in (
        ({"review_by": "2028-09-01"}, "not after 31 August 2028"),
        ({}, "Tick that you have read it"),
    ):
        fields = {**form(page), **changed}
        fields = fields if changed else {name: text for name, text in fields.items() if name != "read"}
        assert wrong in words(await head.post(POLICY, **fields))
    sent = await head.post(POLICY, **{**form(page), "review_by": "2028-05-01"})
    assert sent.status == 303
    given = files.base.knowledge.policy.approved["danger-first"]
    assert (given.by, given.on, given.review_by) == ("Mrs Ruth Calder", dt.date(2027, 9, 6), dt.date(2028, 5, 1))
