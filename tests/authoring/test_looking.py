"""What the workbench shows: the list, an answer, a draft that is checked and tried, what needs care."""

from __future__ import annotations

import datetime as dt
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.turns import Conversation, NoteGap
from bot.knowledge import BaseFiles, Knowledge, load
from bot.knowledge.authoring import EntryText
from bot.knowledge.model import NotThis
from bot.messages import Message
from bot.presses import GiveFeedback, GiveRemark
from bot.service.authoring import trying
from bot.service.authoring.model import NotThereError
from bot.service.authoring.names import Vocabulary, pointed_in, vocabulary
from bot.service.authoring.shelf import Workshop
from bot.service.core import Core
from bot.store import Finished
from bot.understanding.fitting import learned_key
from tests.approvals.giving import PHONE as ASKED
from tests.authoring.world import AUTHOR, DSL, EX_PUPIL, PHONE, WORDS, World, own
from tests.conftest import SCHOOL

EX_PUPIL_ASKED = "can i friend an ex-pupil?"


def state(world: World, entry: str) -> str:
    return next(line.state for line in world.bench.list_answers(SCHOOL, DSL, world.now) if line.entry == entry)


def test_the_list_says_how_each_answer_stands(world: World) -> None:
    assert state(world, PHONE) == "approved"
    world.sent()
    assert state(world, PHONE) == "waiting"
    world.bench.take_out(SCHOOL, DSL, PHONE, "It is wrong.", world.now)
    assert state(world, PHONE) == "out-of-use"
    world.now += dt.timedelta(days=300)
    assert state(world, EX_PUPIL) == "due"
    others = {line.state for line in world.bench.list_answers(SCHOOL, DSL, world.now)}
    assert "other-nation" in others


def test_answers_are_found_by_words_and_by_asking(world: World) -> None:
    by_words = world.bench.list_answers(SCHOOL, DSL, world.now, words="EX-PUPILS online")
    assert [line.entry for line in by_words] == [EX_PUPIL]
    by_asking = world.bench.list_answers(SCHOOL, DSL, world.now, asking=EX_PUPIL_ASKED)
    assert by_asking[0].entry == EX_PUPIL
    assert by_asking[0].chance and by_asking[0].chance > 0.5
    assert world.bench.similar(SCHOOL, EX_PUPIL_ASKED)[0].entry == EX_PUPIL


def test_an_answer_is_shown_with_its_history_and_what_staff_made_of_it(world: World) -> None:
    world.asks(EX_PUPIL_ASKED)
    world.core.assistant.handle(Message("", "visitor", action=GiveFeedback(EX_PUPIL, False)), world.now)
    for _ in range(2):
        world.core.assistant.handle(Message("", "visitor", GiveRemark(EX_PUPIL, "out-of-date")), world.now)
    draft = world.sent(EX_PUPIL, why="Ask.")
    world.bench.send_back(SCHOOL, DSL, draft.id, "Ask whom?", world.now)
    view = world.bench.view(SCHOOL, AUTHOR, EX_PUPIL, world.now)
    assert view.reply and view.reply.answer and view.reply.answer.entry == EX_PUPIL
    figures = view.figures
    assert (figures.shown, figures.not_helped, figures.remarks) == (1, 1, {"out-of-date": 2})
    assert figures.remarked == world.now.date()
    assert [(line.entry, number) for line, number in world.bench.health(SCHOOL, DSL, world.now).remarked] == [
        (EX_PUPIL, 2)
    ]
    assert [each.sentence for each in view.history] == [
        "Answer sent back to its author", "Answer sent for approval", "Answer approved, as the files say",
    ]  # fmt: skip
    assert view.history[0].remark == "Ask whom?"
    assert (view.may_edit, view.may_approve) == (True, True)
    grave = next(each.id for each in world.base.knowledge.entries.values() if each.file == "entries/safeguarding.yaml")
    assert not world.bench.view(SCHOOL, AUTHOR, grave, world.now).may_approve


def test_words_that_a_hand_put_into_a_file_are_shown_as_not_approved_and_wait(world: World) -> None:
    world.folder.change_words(PHONE)
    world.refresh()
    view = world.bench.view(SCHOOL, DSL, PHONE, world.now)
    assert [each.field for each in view.unapproved] == ["answer"]
    waits = world.bench.waiting(SCHOOL, DSL, world.now)
    assert [each.key for each in waits] == [f"file:{PHONE}"]
    world.bench.approve(SCHOOL, DSL, waits[0].key, waits[0].digest, world.now, confirmed=waits[0].confirm)
    assert world.bench.waiting(SCHOOL, DSL, world.now) == ()


def test_an_answer_that_is_not_there_is_said_to_be_gone(world: World) -> None:
    with pytest.raises(NotThereError, match="no such answer"):
        world.bench.view(SCHOOL, DSL, "nowhere", world.now)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("badge", "Yes, do", "begins with Yes or No"),
        ("badge", "x" * 61, "has 61 characters"),
        ("answer", "word " * 91, "words"),
        ("answer", "Ring {nobody}.", "stands for nobody"),
        ("answer", "", "missing"),
        ("cites", ("nowhere-1",), "no clause"),
        ("ask", "the boss", "nobody who can be asked"),
        ("phrasings", (EX_PUPIL_ASKED,), "stands under"),
        ("phrasings", ("can i ring Kayla Ashdown about the trip",), "looks like a name"),
        ("phrasings", ("can i ring 07700 900123 about the trip",), "looks like a number"),
        ("not_this", (NotThis("whose phone", "nowhere"),), "no entry"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(world: World, field: str, value: object, said: str) -> None:
    draft = world.bench.begin(SCHOOL, AUTHOR, PHONE, world.now)
    changed = replace(draft, text=replace(draft.text, **{field: value}))  # type: ignore[arg-type]
    found = [each for each in world.bench.check(SCHOOL, changed) if each.stops]
    assert {each.field for each in found} == {field}
    assert any(said in each.sentence for each in found), found


def test_what_the_schools_policy_decides_is_changed_there_and_not_written_over(world: World) -> None:
    entry = world.base.knowledge.entries[EX_PUPIL]
    written_over = world.draft(EX_PUPIL, badge=entry.badge.replace("19", "21"))
    stops = [each for each in world.bench.check(SCHOOL, written_over) if each.stops]
    assert [each.field for each in stops] == ["badge"]
    said = stops[0].sentence
    assert "follows what your school decided in its own policy" in said and "askfirst" not in said
    assert "under “Documents” in the menu" in said
    world.bench.drop(SCHOOL, AUTHOR, written_over.id, world.now)
    beside = world.draft(EX_PUPIL, why="Ask before you answer.")
    assert not [each for each in world.bench.check(SCHOOL, beside) if each.stops]


def test_a_number_that_a_draft_changes_is_pointed_out_in_the_other_answers_that_name_it(world: World) -> None:
    entries = world.base.knowledge.entries
    name, number = next(
        (each.id, number)
        for each in entries.values()
        for number in re.findall(r"(?<![\w.])\d\d(?![\w.])", each.answer)
        if sum(number in other.answer.split() for other in entries.values()) > 1
    )
    draft = world.bench.begin(SCHOOL, AUTHOR, name, world.now)
    assert world.bench.same_numbers(SCHOOL, draft) == ()
    text = EntryText.of_entry(replace(entries[name], answer=entries[name].answer.replace(number, "4711"), facts=None))
    text = replace(text, badge="", why="", instead="", note="", cases=())
    [found] = world.bench.same_numbers(SCHOOL, replace(draft, text=text))[:1]
    assert found.number == number
    others = [each.id for each in entries.values() if number in each.answer.split() and each.id != name]
    assert set(others) <= {entry for entry, _ in found.entries} and name not in {entry for entry, _ in found.entries}
    assert all(title == entries[entry].title for entry, title in found.entries)


def test_a_word_with_a_capital_letter_is_said_to_be_nobodys_name_and_a_number_is_not(world: World) -> None:
    ways = ("may we watch arsenal play on a trip", "may i put Arsenal on the trip phone")
    draft = world.draft(PHONE, phrasings=ways)
    [found] = [each for each in world.bench.check(SCHOOL, draft) if each.stops]
    assert (found.word, found.field) == ("Arsenal", "phrasings") and "nobody’s name" in found.sentence
    saved = world.bench.save(SCHOOL, AUTHOR, draft.id, draft.version, draft.text, world.now, no_names=["Arsenal"])
    assert not [each for each in world.bench.check(SCHOOL, saved) if each.stops]
    for said in ("may i ring 07700 900123 on the trip", "may i ring Mrs Arsenal on the trip"):
        text = replace(saved.text, phrasings=(said,))
        [stops] = [each for each in world.bench.check(SCHOOL, replace(saved, text=text)) if each.stops]
        assert stops.word == ""
    assert [each.word for each in world.bench.pointed(ways[1])] == ["arsenal"]
    assert world.bench.pointed(ways[1], ["Arsenal"]) == ()


def test_a_long_text_without_a_space_takes_no_time_with_its_square() -> None:
    begun = time.process_time()
    [found] = pointed_in(f"{'a.' * 20_000}bayer@example.org", Vocabulary())
    assert found.what == "an address" and time.process_time() - begun < 2


def test_a_draft_that_keeps_every_rule_is_stopped_by_nothing(world: World) -> None:
    assert not [each for each in world.bench.check(SCHOOL, world.draft()) if each.stops]
    new = world.bench.begin_new(SCHOOL, AUTHOR, "entries/personal.yaml", own(), world.now)
    found = world.bench.check(SCHOOL, new)
    assert not [each for each in found if each.stops]
    assert any("too few phrasings (8)" in each.sentence for each in found)
    few = replace(new, text=replace(new.text, phrasings=new.text.phrasings[:7]))
    assert any("at least 8" in each.sentence for each in world.bench.check(SCHOOL, few) if each.stops)
    alone = replace(new, text=replace(new.text, not_this=new.text.not_this[:1]))
    [said] = [each.sentence for each in world.bench.check(SCHOOL, alone) if each.stops]
    assert "at least 2 questions that sound like it and are not meant: there is 1" in said
    assert "For this one it may be “" in said, "an example of its own topic"


def test_a_draft_is_tried_beside_the_live_answer(world: World) -> None:
    tried = world.bench.try_it(SCHOOL, world.draft(), ASKED, world.now)
    assert tried.now.answer and tried.now.answer.answer != WORDS
    assert tried.after and tried.after.answer and tried.after.answer.answer == WORDS


def test_what_was_not_learned_yet_is_only_shown(world: World) -> None:
    new = world.bench.begin_new(SCHOOL, AUTHOR, "entries/personal.yaml", own(), world.now)
    tried = world.bench.try_it(SCHOOL, new, "can i bring my hamster to class", world.now)
    assert tried.after is None and not tried.finds
    assert tried.would_show.answer and tried.would_show.answer.title == "Hamsters in class"


def test_a_new_answer_that_was_sent_is_known_to_be_learned_under_the_key_by_which_it_was_learned_ahead(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead: list[BaseFiles] = []
    asked_for: list[str] = []
    workshop = Workshop(world.folder.path, world.refresh, learn_ahead=ahead.append, cache=tmp_path)
    world.core = Core(lambda: world.base, world.store, workshop=workshop)
    draft = world.bench.begin_new(SCHOOL, AUTHOR, "entries/conduct.yaml", own(), world.now)
    draft = world.bench.send(SCHOOL, AUTHOR, draft.id, draft.version, world.now)
    monkeypatch.setattr(trying, "is_kept", lambda _, key: asked_for.append(key))
    world.bench.try_it(SCHOOL, draft, "can i bring my hamster to class", world.now)
    assert asked_for == [learned_key(load(ahead[0], approved=False), None)]


def test_questions_nobody_could_answer_are_offered_without_what_may_be_a_concern(world: World) -> None:
    asked = ("does the canteen sell oat milk", "a pupil in my form told me her dad hits her", "any oat milk for Kayla?")
    for question in (*asked, asked[0]):
        left = Finished(Conversation(), (NoteGap(question, None, "no-answer"),))
        world.store.talk(SCHOOL).finish_turn("visitor", left, world.now)
    found = world.bench.unanswered(SCHOOL, DSL, world.now)
    assert [(each.question, each.times) for each in found] == [(asked[0], 2), (asked[2], 1)]
    named = found[1].pointed
    assert [(found[1].question[each.start : each.end], each.what) for each in named] == [("Kayla", "a name")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("can Kayla come", ["Kayla"]),
        ("Kayla wants to come", ["Kayla"]),
        ("ask Mrs Jones", ["Mrs Jones"]),
        ("ring 07700 900123 now", ["07700 900123"]),
        ("he lives at 12 Mill Lane", ["12 Mill Lane"]),
        ("write to j.teal@mail.example", ["j.teal@mail.example"]),
        ("Can Year 7 use WhatsApp on Monday at 12:30?", []),
        ("May I ask the SENCO in 2026?", []),
    ],
)
def test_names_numbers_and_addresses_are_pointed_at(text: str, found: list[str], knowledge: Knowledge) -> None:
    pointed = pointed_in(text, vocabulary(knowledge))
    assert [text[each.start : each.end] for each in pointed] == found


def test_the_base_as_a_whole_is_looked_at(world: World) -> None:
    health = world.bench.health(SCHOOL, DSL, world.now)
    assert all(number < 40 for _, number in health.thin) and health.thin
    assert health.due == ()
    world.now += dt.timedelta(days=300)
    assert EX_PUPIL in {line.entry for line in world.bench.health(SCHOOL, DSL, world.now).due}
    one = replace(world.base.knowledge.entries[EX_PUPIL], id="twin", title="Twin", ruling="may")
    other = replace(one, id="other", ruling="dont")
    world.base = replace(world.base, knowledge=replace(world.base.knowledge, entries={"twin": one, "other": other}))
    health = world.bench.health(SCHOOL, DSL, world.now)
    assert [(each.first, each.second) for each in health.duplicates] == [("twin", "other")]
    assert [(each.first, each.second) for each in health.contradicting] == [("twin", "other")]
