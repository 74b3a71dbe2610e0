"""From an author's draft to what staff are answered, over every step at which a process may die."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.knowledge.authoring import EntryText, digest_of_text
from bot.knowledge.files.whole import write_whole
from bot.service.approving import signing
from bot.service.approving.files import NotApprovedError
from bot.service.authoring import shelf
from bot.service.authoring.model import (
    AuthoringError,
    ChangedMeanwhileError,
    NotAllowedError,
    NotOutYetError,
    NotThereError,
    RefusedDraftError,
    SavedMeanwhileError,
    Waiting,
)
from bot.store import DraftStep
from bot.store.desks import tables
from tests.approvals.giving import PHONE as ASKED
from tests.authoring.world import APPROVER, AUTHOR, DSL, EX_PUPIL, HEAD, NOBODY, PHONE, WORDS, KilledError, World, own
from tests.conftest import KEY, ROOT, SCHOOL


def said(world: World) -> str:
    """The answer that staff get about the trip phone."""
    answer = world.asks(ASKED).answer
    return answer.answer if answer else ""


def test_a_changed_answer_is_sent_approved_and_served(on_either: World) -> None:
    before = said(on_either)
    draft = on_either.sent()
    assert said(on_either) == before != WORDS
    done = on_either.approve(draft)
    assert done is not None and done.state == "published"
    assert said(on_either) == WORDS
    assert on_either.folder.load().waiting == {}


@pytest.mark.parametrize("step", ["file", "approval", "row"])
def test_a_process_that_dies_between_two_steps_serves_the_old_words_or_the_new_and_the_next_one_goes_on(
    on_either: World, step: str
) -> None:
    before = said(on_either)
    draft = on_either.sent()
    on_either.die_at = step
    with pytest.raises(KilledError):
        on_either.approve(draft)
    on_either.start()
    assert said(on_either) == (WORDS if step == "row" else before)
    assert on_either.bench.finish(SCHOOL, on_either.now) == 1
    assert on_either.bench.draft(SCHOOL, AUTHOR, draft.id).state == "published"
    assert said(on_either) == WORDS
    assert on_either.bench.finish(SCHOOL, on_either.now) == 0


@pytest.mark.slow
@pytest.mark.parametrize("step", ["file", "approval", "row"])
def test_a_process_that_is_killed_loses_no_edit(world: World, step: str) -> None:
    draft = world.sent()
    url = world.store._database.engine.url.render_as_string(hide_password=False)
    told = [str(world.folder.path), url, KEY, draft.id, step]
    died = subprocess.run([sys.executable, "-m", "tests.authoring.dying", *told], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    world.start()
    assert world.bench.draft(SCHOOL, AUTHOR, draft.id).state == "publishing"
    assert world.bench.finish(SCHOOL, world.now) == 1
    assert said(world) == WORDS


def test_what_another_process_is_publishing_at_this_moment_is_left_to_it(world: World) -> None:
    draft = world.sent()
    world.die_at = "approval"
    with pytest.raises(KilledError):
        world.approve(draft)
    assert world.bench.finish(SCHOOL, world.now + dt.timedelta(seconds=5)) == 0
    assert world.bench.draft(SCHOOL, AUTHOR, draft.id).state == "publishing"


def test_what_was_approved_days_ago_is_not_published_by_a_database_that_was_put_back(world: World) -> None:
    draft = world.sent()
    world.die_at = "file"
    with pytest.raises(KilledError):
        world.approve(draft)
    world.start()
    world.now += dt.timedelta(days=2)
    assert world.bench.finish(SCHOOL, world.now) == 0
    back = world.bench.draft(SCHOOL, AUTHOR, draft.id)
    assert back.state == "returned" and "was not published within a day" in back.remark


def test_nothing_is_published_that_the_log_does_not_say_was_approved(world: World) -> None:
    draft = world.sent()
    world.die_at = "file"
    with pytest.raises(KilledError):
        world.approve(draft)
    drafts = world.store.drafts(SCHOOL)
    forged = replace(draft, state="publishing", text=replace(draft.text, answer="Forged."), decided_by=DSL, role="dsl")
    drafts.change(draft.id, lambda _: DraftStep(forged), world.now)
    world.start()
    assert world.bench.finish(SCHOOL, world.now) == 0
    back = world.bench.draft(SCHOOL, AUTHOR, draft.id)
    assert back.state == "returned" and "The log does not say" in back.remark
    assert "Forged" not in (world.folder.path / draft.file).read_text(encoding="utf-8")


def test_a_hand_that_changed_the_file_after_the_approval_is_not_overwritten(world: World) -> None:
    draft = world.sent()
    world.die_at = "file"
    with pytest.raises(KilledError):
        world.approve(draft)
    world.folder.change_words(PHONE)
    world.start()
    world.bench.finish(SCHOOL, world.now)
    kept = world.bench.draft(SCHOOL, AUTHOR, draft.id)
    assert (kept.state, kept.text.answer) == ("returned", WORDS)
    assert world.folder.load().waiting[PHONE].answer.startswith("The answer was changed")


def test_a_new_answer_gets_an_id_of_its_title_and_is_in_its_file(world: World) -> None:
    file = next(file for file, _ in world.bench.files(SCHOOL) if "personal" in file or "contact" in file)
    draft = world.bench.begin_new(SCHOOL, AUTHOR, file, own(), world.now)
    sent = world.bench.send(SCHOOL, AUTHOR, draft.id, draft.version, world.now)
    assert sent.entry == "hamsters-in-class"
    world.approve(sent, DSL)
    entry = world.folder.load().entries[sent.entry]
    assert EntryText.of_entry(entry) == own().tidied()
    assert (entry.approved_by, entry.withheld) == ("Ms Amara Bello", False)


def test_what_was_shown_is_what_is_approved(world: World) -> None:
    draft = world.sent()
    other = digest_of_text(EntryText(title="something else"))
    with pytest.raises(NotThereError, match="changed since they were shown"):
        world.bench.approve(SCHOOL, DSL, draft.id, other, world.now)


def test_two_people_are_needed_unless_the_school_says_otherwise(world: World) -> None:
    draft = world.sent(who=DSL)
    with pytest.raises(NotAllowedError, match="Somebody else approves what you wrote"):
        world.approve(draft, DSL)
    world.folder.edit("school.yaml", "id: fernbank", "approve_alone: true\nid: fernbank")
    world.refresh()
    assert world.approve(draft, DSL)


@pytest.mark.parametrize("who", [AUTHOR, APPROVER, NOBODY])
def test_safeguarding_and_conduct_are_approved_by_dsl_or_head_alone(world: World, who: str) -> None:
    entry = next(each.id for each in world.base.knowledge.entries.values() if each.file == "entries/safeguarding.yaml")
    answer = world.base.knowledge.entries[entry].answer
    draft = world.sent(entry, answer=f"{answer} Today.")
    with pytest.raises(NotAllowedError, match="approved by the DSL or the headteacher"):
        world.approve(draft, who)
    assert world.approve(draft, HEAD)


def test_a_new_answer_that_rests_on_safeguarding_is_approved_by_these_two_in_whichever_file_it_stands(
    world: World,
) -> None:
    grave = next(each for each in world.base.knowledge.entries.values() if each.file == "entries/safeguarding.yaml")
    everyday = world.base.knowledge.entries[PHONE].file
    text = replace(own(), cites=grave.cites[:1])
    begun = world.bench.begin_new(SCHOOL, AUTHOR, everyday, text, world.now)
    draft = world.bench.send(SCHOOL, AUTHOR, begun.id, begun.version, world.now)
    with pytest.raises(NotAllowedError, match="approved by the DSL or the headteacher"):
        world.approve(draft, APPROVER)
    assert world.approve(draft, DSL)


def test_an_approver_approves_the_rest(world: World) -> None:
    assert world.approve(world.sent(), APPROVER)
    assert world.folder.load().entries[PHONE].approved_role == "online-safety-lead"


def test_of_two_authors_the_second_is_shown_what_changed_and_loses_nothing(on_either: World) -> None:
    first = on_either.draft()
    second = on_either.draft(who=APPROVER, badge="Use the trip phone")
    assert {each.author for each in on_either.bench.view(SCHOOL, DSL, PHONE, on_either.now).line.open_drafts} == {
        AUTHOR, APPROVER,
    }  # fmt: skip
    on_either.approve(on_either.bench.send(SCHOOL, AUTHOR, first.id, first.version, on_either.now))
    with pytest.raises(ChangedMeanwhileError) as told:
        on_either.bench.send(SCHOOL, APPROVER, second.id, second.version, on_either.now)
    assert [each.field for each in told.value.difference] == ["answer"]
    carried = on_either.bench.carry_over(SCHOOL, APPROVER, second.id, on_either.now)
    assert (carried.text.answer, carried.text.badge) == (WORDS, "Use the trip phone")
    assert on_either.bench.send(SCHOOL, APPROVER, carried.id, carried.version, on_either.now).state == "sent"


def test_an_author_beside_a_text_editor_is_told_too(world: World) -> None:
    draft = world.draft(badge="Use the trip phone")
    world.folder.change_words(PHONE)
    assert [each.field for each in world.bench.changed_meanwhile(SCHOOL, AUTHOR, draft.id)] == ["answer"]
    with pytest.raises(ChangedMeanwhileError):
        world.bench.send(SCHOOL, AUTHOR, draft.id, draft.version, world.now)


def test_of_two_tabs_the_second_is_given_back_what_it_wrote(world: World) -> None:
    begun = world.bench.begin(SCHOOL, AUTHOR, PHONE, world.now)
    one, other = (replace(begun.text, answer=words) for words in ("First.", "Second."))
    world.bench.save(SCHOOL, AUTHOR, begun.id, begun.version, one, world.now)
    with pytest.raises(SavedMeanwhileError) as told:
        world.bench.save(SCHOOL, AUTHOR, begun.id, begun.version, other, world.now)
    assert (told.value.draft.text.answer, told.value.mine.answer) == ("First.", "Second.")


def test_what_was_sent_is_taken_back_when_its_author_goes_on_writing(world: World) -> None:
    draft = world.sent()
    again = world.bench.save(SCHOOL, AUTHOR, draft.id, draft.version, replace(draft.text, why="Because."), world.now)
    assert again.state == "draft"
    with pytest.raises(NotThereError):
        world.approve(draft)


def test_everybody_concerned_is_written_to(on_either: World) -> None:
    draft = on_either.sent()
    assert on_either.letters() == [(APPROVER, "an answer waits for you")]
    on_either.bench.send_back(SCHOOL, DSL, draft.id, "Say which phone.", on_either.now)
    assert on_either.letters() == [(AUTHOR, "your answer was sent back")]
    back = on_either.bench.draft(SCHOOL, AUTHOR, draft.id)
    assert (back.state, back.remark) == ("returned", "Say which phone.")
    again = on_either.bench.send(SCHOOL, AUTHOR, back.id, back.version, on_either.now)
    on_either.letters()
    on_either.approve(again)
    assert on_either.letters() == [(AUTHOR, "your answer was approved")]


def test_the_log_says_who_did_what_and_is_proved(on_either: World) -> None:
    draft = on_either.sent()
    on_either.approve(draft)
    on_either.bench.take_out(SCHOOL, HEAD, PHONE, "The phone is lost.", on_either.now)
    audit = on_either.store.audit(SCHOOL)
    lines = [(line.kind, line.by.person, line.remark) for line in audit.lines()]
    assert lines == [
        ("draft-sent", AUTHOR, PHONE), ("answer-approved", DSL, PHONE), ("answer-published", DSL, PHONE),
        ("answer-withheld", HEAD, PHONE),
    ]  # fmt: skip
    assert audit.verify() == ()


def test_an_answer_is_taken_out_of_use_with_a_reason_and_somebody_else_puts_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    with pytest.raises(RefusedDraftError, match="Say why"):
        world.bench.take_out(SCHOOL, DSL, PHONE, " ", world.now)
    with pytest.raises(NotAllowedError, match="by Ms Amara Bello"):
        world.bench.take_out(SCHOOL, NOBODY, PHONE, "I do not like it.", world.now)
    world.bench.take_out(SCHOOL, DSL, PHONE, "The phone is lost", world.now)
    assert world.asks(ASKED).kind == "no-answer"
    told = world.store.outbox((SCHOOL,)).claim(world.now + dt.timedelta(minutes=1), 100)
    assert [(each.recipient.person, "Why: The phone is lost" in each.text) for each in told] == [(HEAD, True)]
    line = next(each for each in world.bench.list_answers(SCHOOL, HEAD, world.now) if each.entry == PHONE)
    assert line.taken_out.startswith("Ms Amara Bello took it out of use on ") and "The phone is lost." in line.taken_out
    history = world.bench.view(SCHOOL, HEAD, PHONE, world.now).history
    assert history[0].sentence.startswith("Answer taken out of use. Before that it was approved by Ms Amara Bello, on ")
    assert history[0].remark == "The phone is lost"

    def waits(who: str) -> Waiting:
        return next(each for each in world.bench.waiting(SCHOOL, who, world.now) if each.entry == PHONE)

    own = waits(DSL)
    assert "somebody else puts it back" in own.refused
    assert (world.bench.waits_for(SCHOOL, DSL), world.bench.waits_for(SCHOOL, HEAD)) == (0, 1)
    with pytest.raises(NotAllowedError, match="somebody else puts it back"):
        world.bench.approve(SCHOOL, DSL, own.key, own.digest, world.now, confirmed=own.confirm)

    def full(_: object, __: object) -> None:
        raise NotApprovedError("There is no room")

    with monkeypatch.context() as patch:
        patch.setattr(signing, "write_approvals", full)
        with pytest.raises(AuthoringError, match="no room"):
            world.bench.approve(SCHOOL, HEAD, own.key, own.digest, world.now, confirmed=own.confirm)
    assert "answer-approved" not in {line.kind for line in world.store.audit(SCHOOL).lines()}
    assert world.bench.approve(SCHOOL, HEAD, own.key, own.digest, world.now, confirmed=own.confirm) is None
    assert world.asks(ASKED).kind == "answer"
    world.bench.take_out(SCHOOL, DSL, PHONE, "Lost again.", world.now)
    world.folder.edit("school.yaml", "id: fernbank", "approve_alone: true\nid: fernbank")
    world.refresh()
    assert waits(DSL).refused == ""


def test_a_button_that_is_pressed_twice_sends_once(on_either: World) -> None:
    draft = on_either.draft()
    for _ in range(2):
        kept = on_either.bench.save(SCHOOL, AUTHOR, draft.id, draft.version, draft.text, on_either.now)
        sent = on_either.bench.send(SCHOOL, AUTHOR, draft.id, kept.version, on_either.now)
        assert sent.state == "sent"
    assert [line.kind for line in on_either.store.audit(SCHOOL).lines()] == ["draft-sent"]
    assert on_either.letters() == [(APPROVER, "an answer waits for you")]


def test_two_authors_of_one_title_get_an_id_each_and_both_answers_come_out(on_either: World) -> None:
    file = on_either.base.knowledge.entries[PHONE].file
    texts = own(), replace(own(), phrasings=tuple(f"{each} please" for each in own().phrasings), opposites=())
    drafts = [
        on_either.bench.begin_new(SCHOOL, who, file, text, on_either.now)
        for who, text in zip((AUTHOR, APPROVER), texts, strict=True)
    ]
    first, second = (on_either.bench.send(SCHOOL, each.author, each.id, 1, on_either.now) for each in drafts)
    assert (first.entry, second.entry) == ("hamsters-in-class", "hamsters-in-class-2")
    for each in (first, second):
        on_either.approve(each)
    assert {first.entry, second.entry} <= set(on_either.folder.load().entries)


def test_a_draft_that_cannot_be_read_hides_no_other(world: World, caplog: pytest.LogCaptureFixture) -> None:
    damaged, whole = world.draft(), world.draft(EX_PUPIL, note="Ask.")
    with world.store._database.transaction() as connection:
        connection.execute(sa.update(tables.drafts).where(tables.drafts.c.id == damaged.id).values(content=b"broken"))
    for _ in range(2):
        assert [each.id for each in world.bench.drafts(SCHOOL, AUTHOR)] == [whole.id]
    assert caplog.text.count(damaged.id) == 1


def test_what_has_to_wait_is_tried_now_and_then_and_said_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    draft = world.sent()
    world.die_at = "file"
    with pytest.raises(KilledError):
        world.approve(draft)
    world.start()
    file = world.folder.path / draft.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole + "  - [", encoding="utf-8")
    begun = world.tries
    for second in range(60):
        assert world.bench.finish(SCHOOL, world.now + dt.timedelta(seconds=second)) == 0
    assert (world.tries - begun, caplog.text.count("waits to be published")) == (2, 1)
    file.write_text(whole, encoding="utf-8")
    assert world.bench.finish(SCHOOL, world.now + dt.timedelta(seconds=90)) == 1


def test_what_must_be_true_of_the_school_is_ticked(world: World) -> None:
    draft = world.sent(EX_PUPIL, confirm=("Our policy says so",))
    with pytest.raises(RefusedDraftError, match="Tick that this is so"):
        world.bench.approve(SCHOOL, DSL, draft.id, digest_of_text(draft.text), world.now)


def test_whoever_only_reads_edits_nothing(world: World) -> None:
    with pytest.raises(NotAllowedError):
        world.bench.begin(SCHOOL, NOBODY, PHONE, world.now)
    assert not world.bench.sees(SCHOOL, NOBODY)


def test_a_file_with_a_fault_is_said_to_its_author_and_nothing_is_lost(world: World) -> None:
    draft = world.draft()
    file = world.folder.path / draft.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole + "  - [", encoding="utf-8")
    with pytest.raises(Exception, match="has a fault"):
        world.bench.send(SCHOOL, AUTHOR, draft.id, draft.version, world.now)
    assert world.bench.draft(SCHOOL, AUTHOR, draft.id).text.answer == WORDS


def test_whoever_writes_the_same_file_a_moment_before_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their edit comes after the file was read, and before nobody else may write it."""
    draft = world.sent()
    path = world.folder.path / draft.file

    def quicker(where: Path, text: Callable[[], str]) -> None:
        path.write_text(path.read_text(encoding="utf-8") + "# quicker\n", encoding="utf-8")
        write_whole(where, text)

    monkeypatch.setattr(shelf, "write_whole", quicker)
    with pytest.raises(NotOutYetError, match="Somebody changed"):
        world.approve(draft)
    assert "# quicker" in path.read_text(encoding="utf-8")
    monkeypatch.undo()
    world.start()
    assert world.bench.finish(SCHOOL, world.now) == 1
    assert "# quicker" in path.read_text(encoding="utf-8") and said(world) == WORDS
