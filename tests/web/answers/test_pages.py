"""The workbench over real HTTP: who gets what from every page of it, and what is refused."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace

import pytest

from adapters.web.answers import trying
from adapters.web.answers.wording import DONE
from bot.answering.turns import Conversation, NoteGap
from bot.knowledge.authoring import EntryText, digest_of_text
from bot.knowledge.school_policy.model import Given
from bot.messages import Message
from bot.presses import GiveFeedback, GiveRemark
from bot.service.authoring.model import Taken
from bot.service.core import Core
from bot.service.policy_writing.answering import state_of
from bot.store import Draft, Finished
from tests.conftest import SCHOOL
from tests.inboxing import Seen, Visitor, World
from tests.web.answers.conftest import Files
from tests.web.answers.making import EX_PUPIL, FULL, QUESTION, begun, sent

ROOT = "/inbox/answers"
GRAVE = "danger-999"
SEE = ("dsl", "deputy-1", "head", "online", "data-protection-lead")
NOT_THEIRS = ("chair", "it-support")
LOOKED_AT = ("", "/waiting", "/new", "/health", f"/entries/{EX_PUPIL}")


def words(seen: Seen) -> str:
    """What the page says, without its marks."""
    body = re.sub(r"(?s)<(datalist|style|script)\b.*?</\1>", " ", seen.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def form_of(seen: Seen) -> dict[str, str]:
    """What the browser would send of the form of a draft."""
    form = seen.text[seen.text.index("data-draft") : seen.text.index('class="bar-below"')]
    fields = dict(re.findall(r'<input[^>]*? name="([\w-]+)" type="(?:text|search)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<input type="(?:checkbox|radio)" name="([\w-]+)" value="([^"]*)" checked', form))
    fields |= dict(re.findall(r'<textarea[^>]*? name="([\w-]+)"[^>]*>\n(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]*? name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    fields.pop("token", None)
    return {name: html.unescape(value) for name, value in fields.items()}


async def draft_page(world: World, person: str, draft: str) -> tuple[Visitor, Seen]:
    visitor = await world.signed_in(person)
    return visitor, await visitor.get(f"{ROOT}/drafts/{draft}")


# --- who


@pytest.mark.parametrize("person", SEE)
async def test_whoever_writes_or_approves_sees_every_page(world: World, person: str) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor = await world.signed_in(person)
    assert f'href="{ROOT}"' in visitor.seen[-1].text
    for path in (*LOOKED_AT, f"/drafts/{draft}", f"/drafts/{draft}/try"):
        page = await visitor.get(ROOT + path)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store"), path


@pytest.mark.parametrize("person", NOT_THEIRS)
async def test_for_everybody_else_there_are_no_such_pages(world: World, person: str) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor = await world.signed_in(person)
    assert ROOT not in visitor.seen[-1].text
    unknown = await visitor.get("/inbox/concerns/ZZZZZ")
    paths = (*LOOKED_AT, f"/drafts/{draft}", f"/drafts/{draft}/try", f"/waiting/{draft}")
    answers = [await visitor.get(ROOT + path) for path in paths]
    answers += [await visitor.post(ROOT + path, action="edit") for path in paths if path not in ("/waiting", "/health")]
    assert {(answer.status, answer.body) for answer in answers} == {(404, unknown.body)}
    assert len(world.core.workbench.drafts(SCHOOL, "online")) == 1


@pytest.mark.parametrize("person", SEE)
async def test_only_its_author_writes_a_draft_and_the_others_read_it(world: World, person: str) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    _, theirs = await draft_page(world, "online", draft)
    visitor, page = await draft_page(world, person, draft)
    assert ("data-draft" in page.text) == (person == "online")
    saved = await visitor.post(f"{ROOT}/drafts/{draft}", **{**form_of(theirs), "why": "Because."}, action="save")
    assert saved.status == (303 if person == "online" else 409)
    assert world.core.workbench.draft(SCHOOL, "online", draft).version == (2 if person == "online" else 1)


async def test_what_several_drafts_take_is_worked_out_one_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    learning, may_end = [], threading.Event()

    def learn(_: str, draft: Draft) -> tuple[Taken, ...]:
        learning.append(draft.id)
        may_end.wait(10)
        return ()

    monkeypatch.setattr(world.core.workbench, "taken", learn)
    monkeypatch.setattr(trying, "_PATIENCE", 0.05)
    drafts = [begun(world.core, person, EX_PUPIL) for person in ("online", "deputy-1", "dsl")]
    visitor = await world.signed_in("online")
    for draft in drafts:
        await visitor.post(f"{ROOT}/drafts/{draft}/try", action="taken", text="")
    assert learning == drafts[:1]
    may_end.set()
    monkeypatch.setattr(trying, "_PATIENCE", 10)
    await visitor.post(f"{ROOT}/drafts/{drafts[2]}/try", action="taken", text="")
    assert learning == drafts


@pytest.mark.parametrize(("person", "status"), [("dsl", 303), ("head", 303), ("deputy-1", 409), ("online", 409)])
async def test_only_the_dsl_and_the_head_take_an_answer_about_danger_out_of_use(
    world: World, person: str, status: int
) -> None:  # fmt: skip
    visitor = await world.signed_in(person)
    page = await visitor.get(f"{ROOT}/entries/{GRAVE}")
    assert ("Take it out of use now" in page.text) == (status == 303)
    done = await visitor.post(f"{ROOT}/entries/{GRAVE}", action="take-out", reason="It names the wrong number.")
    assert done.status == status
    after = world.core.workbench.view(SCHOOL, "dsl", GRAVE, world.now)
    assert after.line.served == (status == 409)
    if status == 303:
        page = await visitor.get(done.to)
        said = words(page)
        assert DONE["taken-out"] in said and "Staff do not get this answer now." in said
        assert "Out of use" in said and "Why: It names the wrong number." in said and "withh" not in said
        assert "Approved by" not in said
        bare = await visitor.post(f"{ROOT}/entries/{EX_PUPIL}", action="take-out", reason=" ")
        assert bare.status == 400 and "autofocus" in bare.text and "Say why in a sentence" in words(bare)


# --- found


async def test_what_waits_for_the_reader_comes_first(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    page = words(await (await world.signed_in("dsl")).get(ROOT))
    assert page.index("Waiting for you") < page.index("Connecting with ex-pupils online") < page.index("Look for words")
    assert "Answers (1)" in page
    author = await world.signed_in("online")
    own = words(await author.get(ROOT))
    assert "Your drafts (1)" in own and "Sent, waits for approval" in own and "Answers (" not in own
    shown = words(await author.get(f"{ROOT}/drafts/{draft}"))
    assert "These words are a draft." in shown and "Nobody at this school has approved this" not in shown
    approver = await world.signed_in("dsl")
    await approver.post(f"{ROOT}/waiting/{draft}", **await approval_fields(approver, draft))
    told = words(await author.get(ROOT))
    assert "Your answers that were approved lately (1)" in told and "Approved by Ms Amara Bello" in told
    assert draft not in own


async def test_a_question_shows_what_staff_would_get_and_is_not_counted(world: World) -> None:
    visitor = await world.signed_in("dsl")
    page = await visitor.post(ROOT, action="ask", text=QUESTION)
    assert f"What staff would get for “{QUESTION}”" in words(page)
    assert "The likeliest answers" in words(page) and "Connecting with ex-pupils online" in words(page)
    await visitor.post(ROOT, action="ask", text="zxqv wvut")
    talk = world.store.talk(SCHOOL)
    assert talk.gaps() == () and talk.tallies(world.now.date()) == ()


async def test_words_and_filters_leave_what_they_name(world: World) -> None:
    visitor = await world.signed_in("dsl")
    found = await visitor.post(ROOT, action="words", text="ex-pupils online")
    assert f"/entries/{EX_PUPIL}" in found.text and f"/entries/{GRAVE}" not in found.text
    assert "Found (0)" in words(await visitor.post(ROOT, action="words", text="zxqv"))
    topic = await visitor.get(f"{ROOT}?topic={world.base.knowledge.entries[GRAVE].file}")
    assert f"/entries/{GRAVE}" in topic.text and f"/entries/{EX_PUPIL}" not in topic.text
    by = await visitor.get(f"{ROOT}?by=Nobody%20Atall")
    assert "Found (0)" in words(by)


async def test_the_page_of_an_answer_says_what_staff_made_of_it(world: World) -> None:
    for number, helped in enumerate((True, False)):
        who = f"{number}" * 32
        world.core.assistant.handle(Message(QUESTION, who), world.now)
        world.core.assistant.handle(Message("", who, GiveFeedback(EX_PUPIL, helped)), world.now)
    visitor = await world.signed_in("dsl")
    assert "Staff say of it" not in words(await visitor.get(f"{ROOT}/entries/{EX_PUPIL}"))
    world.core.assistant.handle(Message("", who, GiveRemark(EX_PUPIL, "out-of-date")), world.now)
    page = words(await visitor.get(f"{ROOT}/entries/{EX_PUPIL}"))
    assert "Staff say of it: “It is out of date” (1). The last on 23 November 2026." in page
    health = words(await visitor.get(f"{ROOT}/health"))
    assert "Called wrong or out of date (1)" in health
    assert "Shown: 2 Helped: 1 Not what they asked: 1" in page and "“It is out of date”: 1" in page
    assert f"“{QUESTION}”" in page


async def test_an_answer_or_draft_that_is_not_there_says_so(world: World) -> None:
    visitor = await world.signed_in("dsl")
    for path in ("/entries/nothing", "/drafts/nothing", "/drafts/nothing/try", "/waiting/nothing"):
        page = await visitor.get(ROOT + path)
        assert (page.status, "That is not here" in page.text) == (404, True), path


# --- written


async def test_a_check_says_what_is_wrong_beside_the_field_and_saves_nothing(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor, page = await draft_page(world, "online", draft)
    fields = {**form_of(page), "badge": "No, never", "answer": "word " * 95}
    checked = await visitor.post(f"{ROOT}/drafts/{draft}", **fields, action="check")
    assert checked.status == 200
    assert '<a href="#badge">' in checked.text and 'id="badge-said-1"' in checked.text
    assert re.search(r'id="badge"[^>]*aria-describedby="[^"]*badge-said-1[^"]*" aria-invalid="true"', checked.text)
    assert "words too many" in words(checked)
    assert world.core.workbench.draft(SCHOOL, "online", draft).version == 1


async def test_a_draft_as_it_is_drawn_is_saved_as_it_was(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    before = world.core.workbench.draft(SCHOOL, "online", draft).text
    visitor, page = await draft_page(world, "online", draft)
    assert (await visitor.post(f"{ROOT}/drafts/{draft}", **form_of(page), action="save")).status == 303
    assert world.core.workbench.draft(SCHOOL, "online", draft).text == before


async def test_markup_that_somebody_wrote_is_shown_as_they_wrote_it(world: World) -> None:
    mark = "<script>alert(1)</script>"
    draft = sent(world.core, "online", EX_PUPIL, why=f"Because {mark}")
    visitor = await world.signed_in("dsl")
    for path in (f"/drafts/{draft}", f"/waiting/{draft}", "/waiting", f"/drafts/{draft}/try"):
        assert mark not in (await visitor.get(ROOT + path)).text, path


async def test_whoever_was_signed_out_gets_back_what_they_wrote(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor, page = await draft_page(world, "online", draft)
    world.later(hours=2)
    kept = await visitor.post(f"{ROOT}/drafts/{draft}", **{**form_of(page), "answer": "My own words."}, action="save")
    assert kept.status == 403 and "My own words." in kept.text
    assert world.core.workbench.draft(SCHOOL, "online", draft).version == 1


async def test_the_words_of_every_case_are_given_back_too(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor, page = await draft_page(world, "online", draft)
    world.later(hours=2)
    mine = {"fact_ask": "How old?", "case-1-answer": "Wait.", "case-0-instead": "Ask.", "like-0-text": "may pupils"}
    kept = await visitor.post(f"{ROOT}/drafts/{draft}", **{**form_of(page), **mine}, action="save")
    assert [text for text in mine.values() if text not in kept.text] == []


async def test_whoever_saves_what_was_given_up_meanwhile_still_has_their_words(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor, page = await draft_page(world, "online", draft)
    world.core.workbench.drop(SCHOOL, "dsl", draft, world.now)
    late = await visitor.post(f"{ROOT}/drafts/{draft}", **{**form_of(page), "answer": "My own words."}, action="save")
    assert late.status == 409 and "My own words." in form_of(late)["answer"]
    assert "Not saved It was given up. Begin a new draft." in words(late)
    assert "Nothing keeps this from being sent." not in words(late)


async def test_a_draft_is_shown_to_its_author_whatever_became_of_its_file(world: World, files: Files) -> None:
    draft = begun(world.core, "online", EX_PUPIL, answer="My own words.")
    path = files.folder / world.core.workbench.draft(SCHOOL, "online", draft).file
    for text, said in (("entries: []\n", "is not in its file any more"), ("entries: [\n", "has a fault")):
        path.write_text(text, encoding="utf-8")
        visitor, page = await draft_page(world, "online", draft)
        assert page.status == 200 and form_of(page)["answer"] == "My own words."
        assert "It cannot be sent now" in words(page) and said in words(page)
        checked = await visitor.post(f"{ROOT}/drafts/{draft}", **form_of(page), action="check")
        assert said in words(checked) and "Nothing keeps this from being sent." not in words(checked)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("", {"action": "burn", "text": "x"}), ("", {"action": "words"}), (f"/entries/{EX_PUPIL}", {"action": "burn"}),
        (f"/entries/{EX_PUPIL}", {"action": "edit", "more": "x"}), ("/new", {"action": "look", "text": "x"}),
        ("/drafts/{draft}", {"action": "save"}), ("/drafts/{draft}", {"action": "burn"}),
        ("/drafts/{draft}/try", {"action": "ask"}), ("/drafts/{draft}/try", {"action": "ask", "text": ""}),
    ],
)  # fmt: skip
async def test_a_form_that_no_page_of_ours_sends_is_refused(world: World, path: str, fields: dict[str, str]) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor = await world.signed_in("online")
    assert (await visitor.post(ROOT + path.format(draft=draft), **fields)).status == 400
    assert (await visitor.post(ROOT + path.format(draft=draft), **fields, token="0" * 64)).status == 403
    assert world.core.workbench.draft(SCHOOL, "online", draft).version == 1


# --- begun


async def test_what_names_somebody_is_pointed_at_and_begins_nothing(world: World) -> None:
    visitor = await world.signed_in("dsl")
    [(file, _), *_] = world.core.workbench.files(SCHOOL)
    fields = {"text": "ring 07700 900123 about the trip", "clause": "", "file": file}
    page = await visitor.post(f"{ROOT}/new", action="begin", **fields)
    assert page.status == 400 and "Real names, numbers and addresses must go" in page.text
    assert '<a href="#text">' in page.text and page.text.count("autofocus") == 1
    begun_now = await visitor.post(f"{ROOT}/new", action="begin", **{**fields, "text": "who rings about the trip"})
    assert begun_now.status == 303
    assert [each.text.phrasings for each in world.core.workbench.drafts(SCHOOL, "dsl")] == [
        ("who rings about the trip",)
    ]


async def test_what_is_nobodys_name_is_ticked_once_and_whoever_approves_it_sees_that(world: World) -> None:
    visitor = await world.signed_in("online")
    file = world.base.knowledge.entries[EX_PUPIL].file
    asked = {"text": "may we put Arsenal stickers on laptops", "clause": "", "file": ""}
    page = await visitor.post(f"{ROOT}/new", action="begin", **asked)
    assert page.status == 400 and page.text.index('<a href="#text">') < page.text.index('<a href="#file">')
    assert 'name="no-name-0" value="Arsenal"' in page.text
    ticked = {**asked, "file": file, "no-name-0": "Arsenal"}
    made = await visitor.post(f"{ROOT}/new", action="begin", **ticked)
    assert made.status == 303
    draft = made.to.rpartition("/")[2]
    form = form_of(await visitor.get(made.to))
    assert form["no-name-0"] == "Arsenal"
    full = {each: getattr(FULL, each) for each in ("title", "ruling", "badge", "answer", "why", "instead")}
    ways = "\n".join([asked["text"], *FULL.phrasings])
    rest = {"phrasings": ways, "cite-0": "edugeek-08", "first": "edugeek-08"}
    rest |= {f"like-{number}-text": each.text for number, each in enumerate(FULL.not_this)}
    sent_now = await visitor.post(made.to, **{**form, **full, **rest}, action="send")
    assert sent_now.status == 303, words(sent_now)
    approver = await world.signed_in("dsl")
    said = words(await approver.get(f"{ROOT}/waiting/{draft}"))
    assert "Its author says that these are nobody’s names: Arsenal." in said
    await visitor.post(f"{ROOT}/drafts/{draft}", action="withdraw")
    form.pop("no-name-0")
    refused = await visitor.post(made.to, **{**form, **full, **rest, "version": "4"}, action="send")
    assert refused.status == 400 and "“Arsenal” looks like a name" in words(refused)


async def test_enter_in_the_search_looks_for_a_rule_and_anywhere_else_checks(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    visitor, page = await draft_page(world, "online", draft)
    path, form = f"{ROOT}/drafts/{draft}", form_of(page)
    first = re.findall(r'<button type="submit" name="action" value="(\w+)"', page.text[page.text.index("data-draft") :])
    assert first[0] == "enter"
    found = await visitor.post(path, **{**form, "clause_words": "friends followers"}, action="enter")
    assert "hold these words. Tick what the answer rests on" in words(found) and found.text.count("autofocus") == 1
    again = form_of(found)
    assert again["sought"] == "friends followers"
    checked = await visitor.post(path, **again, action="enter")
    assert "Nothing keeps this from being sent." in words(checked)
    none = await visitor.post(path, **{**form, "clause_words": "xyzzy"}, action="enter")
    assert '<a href="#clause_words">No rule holds these words.' in none.text and none.text.count("autofocus") == 1


async def test_a_number_that_stands_in_other_answers_too_is_pointed_out_to_its_author_and_whoever_approves_it(
    world: World,
) -> None:
    for name in ("friend-pupil", "trip-phone"):
        earlier = sent(world.core, "online", name, note="Ask by 16:45.")
        digest = digest_of_text(world.core.workbench.draft(SCHOOL, "dsl", earlier).text)
        world.core.workbench.approve(SCHOOL, "dsl", earlier, digest, world.now)
    draft = sent(world.core, "online", "trip-phone", note="Ask by 17:00.")
    visitor = await world.signed_in("dsl")
    told = "16:45 stands in A pupil's friend or follow request ."
    assert told in words(await visitor.get(f"{ROOT}/waiting/{draft}"))
    author = await world.signed_in("online")
    await author.post(f"{ROOT}/drafts/{draft}", action="withdraw")
    assert told in words(await author.get(f"{ROOT}/drafts/{draft}"))


async def test_what_the_policy_decides_names_who_changes_it_and_where(world: World) -> None:
    badge = world.base.knowledge.entries[EX_PUPIL].badge.replace("19", "21")
    draft = begun(world.core, "online", EX_PUPIL, badge=badge)
    visitor, page = await draft_page(world, "online", draft)
    checked = await visitor.post(f"{ROOT}/drafts/{draft}", **form_of(page), action="check")
    assert "You can change what was decided under “Documents” in the menu." in words(checked)
    assert "askfirst" not in words(checked)
    assert 'href="/inbox/documents"' in checked.text
    before = words(await visitor.get(f"{ROOT}/entries/{EX_PUPIL}"))
    assert "That cannot be changed here. You can change what was decided under “Documents”" in before


async def test_a_new_answer_begins_with_a_rule(world: World) -> None:
    visitor = await world.signed_in("dsl")
    found = await visitor.post(f"{ROOT}/new", action="rule", text="friends followers pupils games", clause="", file="")
    assert "Rules that hold these words" in words(found)
    clause = re.findall(r'name="clause" value="([\w-]+)"', found.text)[0]
    [(file, _), *_] = world.core.workbench.files(SCHOOL)
    made = await visitor.post(f"{ROOT}/new", action="begin", text="", clause=clause, file=file)
    assert made.status == 303
    assert world.core.workbench.drafts(SCHOOL, "dsl")[0].text.cites == (clause,)


# --- approved


async def approval_fields(visitor: Visitor, draft: str) -> dict[str, str]:
    """What the button "Approve" sends."""
    page = await visitor.get(f"{ROOT}/waiting/{draft}")
    digest = re.findall(r'name="digest" value="(\w+)"', page.text)[0]
    return {"action": "approve", "digest": digest, "review_by": ""}


async def test_nobody_approves_their_own_and_the_page_says_who_may(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    visitor = await world.signed_in("online")
    page = await visitor.get(f"{ROOT}/waiting/{draft}")
    assert "You cannot approve this:" in page.text and "Approve: staff get it now" not in page.text
    [waiting] = [each for each in world.core.workbench.waiting(SCHOOL, "online", world.now) if each.key == draft]
    fields = {"action": "approve", "digest": waiting.digest, "review_by": ""}
    assert (await visitor.post(f"{ROOT}/waiting/{draft}", **fields)).status == 409
    approver = await world.signed_in("head")
    assert (await approver.post(f"{ROOT}/waiting/{draft}", **fields)).status == 303
    assert (await approver.post(f"{ROOT}/waiting/{draft}", **fields)).status == 404


async def test_an_approval_is_for_the_words_that_were_shown(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    visitor = await world.signed_in("dsl")
    page = await visitor.get(f"{ROOT}/waiting/{draft}")
    digest = re.findall(r'name="digest" value="(\w+)"', page.text)[0]
    bench, there = world.core.workbench, world.core.workbench.draft(SCHOOL, "online", draft)
    bench.withdraw(SCHOOL, "online", draft, world.now)
    again = bench.draft(SCHOOL, "online", draft)
    saved = bench.save(SCHOOL, "online", draft, again.version, replace(there.text, why="Other words."), world.now)
    bench.send(SCHOOL, "online", draft, saved.version, world.now)
    late = await visitor.post(f"{ROOT}/waiting/{draft}", action="approve", digest=digest, review_by="")
    assert late.status == 404
    assert "Other words." not in str(bench.view(SCHOOL, "dsl", EX_PUPIL, world.now).live)


async def test_whoever_approved_what_has_to_wait_is_told_that_it_is_approved(world: World, files: Files) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    visitor = await world.signed_in("dsl")
    fields = await approval_fields(visitor, draft)
    (files.folder / ".approvals.yaml.new").write_text("", encoding="utf-8")
    page = await visitor.post(f"{ROOT}/waiting/{draft}", **fields)
    assert page.status == 409 and "Approved, and not out yet" in words(page)
    assert "nothing was approved" not in words(page)
    assert world.core.workbench.draft(SCHOOL, "online", draft).state == "publishing"


async def test_whoever_cannot_approve_what_somebody_else_changed_is_told_what_to_do(
    world: World, files: Files
) -> None:  # fmt: skip
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    visitor = await world.signed_in("dsl")
    fields = await approval_fields(visitor, draft)
    path = files.folder / world.core.workbench.draft(SCHOOL, "online", draft).file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Connecting with ex-pupils online", "Ex-pupils online"), encoding="utf-8")
    page = await visitor.post(f"{ROOT}/waiting/{draft}", **fields)
    assert page.status == 409 and "send them back" in words(page) and "since you began" not in words(page)


async def test_what_must_be_true_is_ticked_and_the_day_is_in_time(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, confirm=("Our policy says so",))
    visitor = await world.signed_in("dsl")
    page = await visitor.get(f"{ROOT}/waiting/{draft}")
    digest = re.findall(r'name="digest" value="(\w+)"', page.text)[0]
    fields = {"action": "approve", "digest": digest}
    path = f"{ROOT}/waiting/{draft}"
    refused = await visitor.post(path, **fields, review_by="2030-01-01")
    assert refused.status == 400
    assert "Tick each of these" in words(refused) and "Pick a day after today" in words(refused)
    assert (await visitor.post(path, **{**fields, "tick-0": "yes"}, review_by="soon")).status == 400
    assert (await visitor.post(path, action="send-back", remark=" ")).status == 400
    done = await visitor.post(path, **{**fields, "tick-0": "yes"}, review_by="2027-03-01")
    assert done.status == 303
    line = world.core.workbench.view(SCHOOL, "dsl", EX_PUPIL, world.now).line
    assert line.review_by and line.review_by.isoformat() == "2027-03-01"


async def test_what_was_taken_out_of_use_waits_for_somebody_else_and_is_approved_again_with_one_press(
    world: World,
) -> None:
    who = await world.signed_in("dsl")
    await who.post(f"{ROOT}/entries/{GRAVE}", action="take-out", reason="It names the wrong number.")
    mine = words(await who.get("/inbox"))
    assert "not approved and not served" in mine and "Answers (" not in mine
    own = words(await who.get(f"{ROOT}/waiting/file:{GRAVE}"))
    assert "You cannot approve this" in own and "It waits for Mrs Ruth Calder" in own
    visitor = await world.signed_in("head")
    inbox = words(await visitor.get("/inbox"))
    assert "Answers (1)" in inbox and "1 answer waits for you to approve." in inbox
    page = await visitor.get(f"{ROOT}/waiting/file:{GRAVE}")
    assert "took it out of use on" in page.text and "Or send it back" not in page.text
    digest = re.findall(r'name="digest" value="(\w+)"', page.text)[0]
    fields = {f"tick-{number}": "yes" for number in range(page.text.count('id="tick-'))}
    done = await visitor.post(f"{ROOT}/waiting/file:{GRAVE}", action="approve", digest=digest, review_by="", **fields)
    assert (done.status, done.to) == (303, f"{ROOT}/waiting?done=approved")
    assert world.core.workbench.view(SCHOOL, "dsl", GRAVE, world.now).line.served


async def test_whoever_changes_an_answer_with_cases_is_told_that_the_buttons_stay(world: World) -> None:
    draft = begun(world.core, "online", EX_PUPIL)
    _, page = await draft_page(world, "online", draft)
    assert "Staff are sorted by these buttons: Under 19, 19 or over." in words(page)


async def test_what_is_sent_back_tells_its_author_what_to_change(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Brothers and sisters are still here.")
    visitor = await world.signed_in("head")
    back = await visitor.post(f"{ROOT}/waiting/{draft}", action="send-back", remark="Name the age.")
    assert back.status == 303
    _, page = await draft_page(world, "online", draft)
    assert "Mrs Ruth Calder sent it back: Name the age." in words(page) and "data-draft" in page.text


async def test_no_page_shows_an_id_or_a_word_of_the_files(world: World) -> None:
    draft = sent(world.core, "online", EX_PUPIL, why="Other words.", confirm=("Our policy says so",))
    own = begun(world.core, "deputy-1", EX_PUPIL)
    visitor = await world.signed_in("deputy-1")
    knowledge = world.base.knowledge
    ids = {name for name in (*knowledge.entries, *knowledge.clauses) if "-" in name}
    for path in (*LOOKED_AT, f"/drafts/{own}", f"/drafts/{own}/try", f"/waiting/{draft}", f"/drafts/{draft}"):
        said = words(await visitor.get(ROOT + path))
        assert not {name for name in ids if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)}, path
        assert not re.search(r"\b(?:YAML|yaml|not_this|phrasings|ruling|cites)\b", said), path
        assert EntryText.__name__ not in said


# --- what a draft takes from others


async def test_what_takes_minutes_keeps_no_page_waiting_and_is_worked_out_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The learning itself is tried in tests/authoring: here it ends when the test says so."""
    begun_once, may_end = [], threading.Event()

    def learn(_: str, draft: Draft) -> tuple[Taken, ...]:
        begun_once.append(draft.id)
        may_end.wait(10)
        return (Taken(GRAVE, "A child in danger right now", "do I ring 999"),)

    monkeypatch.setattr(world.core.workbench, "taken", learn)
    monkeypatch.setattr(trying, "_PATIENCE", 0.05)
    draft = begun(world.core, "online", EX_PUPIL)
    path = f"{ROOT}/drafts/{draft}/try"
    visitor = await world.signed_in("online")
    for _ in range(2):
        page = await visitor.post(path, action="taken", text="")
        assert page.status == 200 and "It is being worked out." in page.text
    assert "It is being worked out." in (await visitor.get(path)).text
    may_end.set()
    monkeypatch.setattr(trying, "_PATIENCE", 10)
    page = await visitor.post(path, action="taken", text="")
    assert "These questions belong to other answers" in page.text and "“do I ring 999”" in page.text
    assert "“do I ring 999”" in (await visitor.get(path)).text
    assert begun_once == [draft]


async def test_whoever_approves_what_another_decided_is_told_who_it_was_and_can_say_that_it_should_stay(
    world: World, files: Files
) -> None:
    was = state_of(files.base.knowledge.policy, "ex-pupil-age")
    world.core.documents.answer(SCHOOL, "online", "ex-pupil-age", Given("21"), was, world.now)
    dsl, address = await world.signed_in("dsl"), f"{ROOT}/waiting/file:{EX_PUPIL}"
    page = await dsl.get(address)
    said = words(page)
    assert "Mr Ben Ferreira changed what your school decided, on " in said
    assert "was answered “19”, and is “21” now" in said
    assert "under-19" not in said and "{" not in said, "cases are compared by what they mean, with names for marks"
    assert (await dsl.post(address, action="doubt", remark=" ")).status == 400
    done = await dsl.post(address, action="doubt", remark="The governors said 19.")
    assert (done.status, done.to) == (303, f"{ROOT}/waiting?done=doubted")
    told = [each for each in world.store.outbox((SCHOOL,)).claim(world.now, 100) if each.kind == "answer"]
    assert [each.recipient.person for each in told] == ["online"] and "The governors said 19." in told[0].text
    assert "that it should stay as it was: “The governors said 19.”" in words(await dsl.get(address))
    fields = dict(re.findall(r'name="(digest|review_by)" (?:type="date" )?value="([^"]+)"', page.text))
    ticks = dict.fromkeys(re.findall(r'name="(tick-\d+)"', page.text), "yes")
    assert (await dsl.post(address, action="approve", **fields, **ticks)).status == 303
    history = words(await dsl.get(f"{ROOT}/entries/{EX_PUPIL}")).partition("History")[2]
    assert "was answered “19”, and is “21” now" in history and "it should stay as it was" in history
    assert "Before that it was approved by Ms Amara Bello, on " in history


async def test_an_answer_that_was_taken_out_of_use_is_said_to_be_so_and_whoever_did_it_hears_that_it_is_back(
    world: World, core: Core
) -> None:
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    entry, address = f"{ROOT}/entries/{EX_PUPIL}", f"{ROOT}/waiting/file:{EX_PUPIL}"
    assert (await dsl.post(entry, action="take-out", reason="It is wrong")).status == 303
    reply = core.assistant.handle(Message(QUESTION, "visitor"), world.now)
    assert "it is not approved for use at this school now" in (reply.text or "")
    said = words(await dsl.get(entry))
    assert "Put in" not in said and "Staff get the words" not in said and "Ask Ms Amara Bello before" not in said
    page = await head.get(address)
    said = words(page)
    assert "Not a word changes" in said and "new ways of asking" not in said
    assert "It is wrong. Ask Ms Amara Bello before you put it back." in said
    world.store.outbox((SCHOOL,)).claim(world.now, 100)
    fields = dict(re.findall(r'name="(digest|review_by)" (?:type="date" )?value="([^"]+)"', page.text))
    ticks = dict.fromkeys(re.findall(r'name="(tick-\d+)"', page.text), "yes")
    assert (await head.post(address, action="approve", **fields, **ticks)).status == 303
    told = [each for each in world.store.outbox((SCHOOL,)).claim(world.now, 100) if each.kind == "answer"]
    assert [(each.recipient.person, "back in use" in each.text) for each in told] == [("dsl", True)]


async def test_what_staff_say_of_ones_answer_and_what_came_back_stand_where_one_begins(
    world: World, core: Core
) -> None:
    draft = sent(core, "online", EX_PUPIL, why="Ask.")
    core.workbench.send_back(SCHOOL, "dsl", draft, "Say whom to ask.", world.now)
    core.assistant.handle(Message("", "visitor", GiveRemark(EX_PUPIL, "out-of-date")), world.now)
    online, dsl = await world.signed_in("online"), await world.signed_in("dsl")
    author, begins = words(await online.get(ROOT)), words(await online.get("/inbox"))
    assert "Sent back to you" in author and "was sent back to you: Say whom to ask." in begins
    assert "find fault" not in author, "the DSL approved it"
    for page in (words(await dsl.get(ROOT)), words(await dsl.get("/inbox"))):
        assert "“It is out of date”" in page and "Connecting with ex-pupils online" in page


async def test_a_question_that_an_answer_fits_by_now_is_not_among_those_nobody_could_answer(
    world: World, core: Core
) -> None:
    for question in (QUESTION, "does the canteen sell oat milk"):
        left = Finished(Conversation(), (NoteGap(question, None, "no-answer"),))
        world.store.talk(SCHOOL).finish_turn("visitor", left, world.now)
    found = core.workbench.unanswered(SCHOOL, "dsl", world.now)
    assert [each.question for each in found] == ["does the canteen sell oat milk"]
