"""The parts of the workbench that need no server: boxes, the form, words for ids, counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack import replies as slack
from adapters.teams import replies as teams
from adapters.web.answers.boxes import chat_box
from adapters.web.answers.draft_form import anchor, posted, rows_of
from adapters.web.answers.measures import measures, reading_age
from adapters.web.answers.previews import drafted, preview
from adapters.web.answers.wording import NO_ANSWER, RULING_WORDS, Words, clauses_with
from adapters.web.forms import FormError
from adapters.web.pages import Pages
from bot.knowledge import Entry, Knowledge, NotThis
from bot.knowledge.authoring import CaseText, EntryText, difference
from bot.knowledge.authoring.difference import LABELS
from bot.messages import RULINGS, Reply
from bot.store import Draft
from tests.conftest import NOW

EX_PUPIL = "friend-ex-pupil"


@pytest.fixture
def entry(knowledge: Knowledge) -> Entry:
    found = replace(knowledge.entries[EX_PUPIL], withheld=False, note="The age is from a discussion.")
    return replace(found, review_by=dt.date(2026, 9, 1), approved_by="Ms Amara Bello", reviewed=dt.date(2025, 9, 1))


@pytest.fixture
def reply(knowledge: Knowledge, entry: Entry) -> Reply:
    return preview(knowledge, entry, NOW)


def strings(drawn: Any) -> Iterator[str]:
    """Every text in what a channel sends."""
    if isinstance(drawn, str):
        yield drawn
    elif isinstance(drawn, dict):
        yield from (text for value in drawn.values() for text in strings(value))
    elif isinstance(drawn, list | tuple):
        yield from (text for value in drawn for text in strings(value))


def in_order(wanted: list[str], found: list[str]) -> list[str]:
    """What of `wanted` does not come in this order in `found`."""
    left = iter(found)
    return [each for each in wanted if not any(each in text for text in left)]


# --- as the chats show it


@pytest.mark.parametrize(
    "render",
    [lambda reply: slack.render(reply).blocks, lambda reply: teams.render(reply).content],
    ids=["slack", "teams"],
)
def test_the_box_says_what_the_chat_says_in_its_order(reply: Reply, render: Any) -> None:
    box = chat_box(reply)
    found = [text.replace("&amp;", "&").replace("*", "") for text in strings(render(reply))]
    plain = [part.text.partition(": ")[0] if part.text.startswith("Whom") else part.text for part in box.parts]
    assert in_order(plain, found) == []
    assert [label for label in box.buttons if not any(label.replace("’", "'") in text for text in found)] == []


def test_a_picture_of_a_reply_holds_nothing_to_press_and_draws_no_focus(reply: Reply) -> None:
    seen, live = Pages().seen(reply), Pages().reply(reply, "t")
    assert reply.answer and reply.question
    for text in (reply.answer.badge, reply.answer.answer, reply.question.options[0].label):
        assert text.replace("'", "&#39;") in seen and text.replace("'", "&#39;") in live
    assert not re.search(r"<(?:form|button|input)|autofocus|tabindex", seen)
    assert "<button" in live and "autofocus" in live


def test_a_draft_with_cases_for_another_line_than_the_entry_has_now_is_shown_all_the_same(
    knowledge: Knowledge, entry: Entry
) -> None:  # fmt: skip
    """The school has answered its policy anew meanwhile, so that the line is at another age."""
    text = EntryText.of_entry(entry)
    moved = replace(text, badge="Wait", cases=tuple(replace(each, value=f"{each.value}-21") for each in text.cases))
    draft = Draft("d", entry.id, entry.file, False, text, moved, "draft", 1, "online")
    shown = preview(knowledge, drafted(knowledge, draft, moved), NOW)
    assert shown.answer and shown.question and entry.facts
    assert len(shown.question.options) == len(entry.facts.cases)


# --- the form


def fields(text: EntryText, words: Words, **changes: str) -> dict[str, str]:
    """What a browser sends of a draft as it stands."""
    sent = {
        name: getattr(text, name) for name in ("title", "ruling", "badge", "answer", "why", "instead", "note", "ask")
    }
    sent |= {name: "\n".join(getattr(text, name)) for name in ("confirm", "phrasings", "opposites")}
    sent |= {f"cite-{number}": clause for number, clause in enumerate(text.cites)}
    sent |= {"first": text.cites[0]} if text.cites else {}
    for number, case in enumerate(text.cases):
        sent |= {f"case-{number}-{name}": value for name, value in vars(case).items()}
    for number, (sounds, belongs) in enumerate(rows_of(text, words)):
        sent |= {f"like-{number}-text": sounds, f"like-{number}-target": belongs}
    return {"version": "3", "clause_words": "", "sought": "", "fact_ask": text.fact_ask, **sent, **changes}


@pytest.mark.parametrize("name", [EX_PUPIL, "danger-999", "photo-consent"])
def test_what_is_drawn_of_an_entry_is_read_back_as_it_was(knowledge: Knowledge, name: str) -> None:
    words, text = Words(knowledge), EntryText.of_entry(knowledge.entries[name])
    nations = {f"nation-{number}": "yes" for number, each in enumerate(("England", "Wales")) if each in text.nations}
    back = posted(fields(text, words, **nations), words)
    assert (back.version, back.text.tidied()) == (3, text)


def test_the_rule_that_it_rests_on_most_comes_first(knowledge: Knowledge) -> None:
    words, text = Words(knowledge), EntryText.of_entry(knowledge.entries[EX_PUPIL])
    last = text.cites[-1]
    assert posted(fields(text, words, first=last), words).text.cites == (last, *text.cites[:-1])


def test_a_look_alike_names_the_answer_by_its_title_and_keeps_what_is_no_title(knowledge: Knowledge) -> None:
    words, title = Words(knowledge), knowledge.entries["danger-999"].title
    sent = fields(EntryText(), words)
    sent |= {"like-0-text": "is it 999", "like-0-target": f" {title.upper()} "}
    sent |= {"like-1-text": "who drives", "like-1-target": NO_ANSWER, "like-2-text": "x", "like-2-target": "Nonsense"}
    found = posted(sent, words).text.not_this
    assert found == (NotThis("is it 999", "danger-999"), NotThis("who drives", "outside"), NotThis("x", "Nonsense"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ruling": "shall"}, {"version": "one"}, {"owner": "me"}, {"case-0-value": "under-19"}, {"cite-x": "a"},
        {"like-0-words": "x"},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(knowledge: Knowledge, wrong: dict[str, str]) -> None:
    words = Words(knowledge)
    with pytest.raises(FormError):
        posted({**fields(EntryText(), words), **wrong}, words)


def test_every_field_of_the_core_has_a_place_on_the_page() -> None:
    text = EntryText(cases=(CaseText("a", "may", "b", "c"), CaseText("under-19", "may", "b", "c")))
    assert anchor("cases > under-19 > badge", text) == "case-1-badge"
    assert {name: anchor(name, text) for name in LABELS if anchor(name, text) != name} == {"not_this": "like-0-text"}


# --- in words


def test_a_difference_holds_no_id(knowledge: Knowledge) -> None:
    words, before = Words(knowledge), EntryText.of_entry(knowledge.entries[EX_PUPIL])
    after = replace(
        before, ruling="ask-first", ask="dsl", cites=("gswp-15",),
        not_this=(NotThis("can i add a mum", "parent-friend-request"), NotThis("who drives", "outside")),
        cases=(replace(before.cases[0], ruling="may"), *before.cases[1:]),
    )  # fmt: skip
    found = words.difference(EX_PUPIL, difference(before, after))
    said = " ".join([*(each.label for each in found), *(piece.text for each in found for piece in each.pieces)])
    assert RULING_WORDS["ask-first"] in said and RULING_WORDS["may"] in said and "if: Under 19" in said
    assert knowledge.clauses["gswp-15"].text in said and "(belongs to: None of our answers)" in said
    assert f"belongs to: {knowledge.entries['parent-friend-request'].title}" in said
    assert not re.search(r"gswp-|edugeek-|parent-friend-request|under-19|ask-first|\bdsl\b", said)


def test_every_ruling_has_words_that_are_no_id() -> None:
    assert set(RULING_WORDS) == set(RULINGS)
    assert not set(RULING_WORDS.values()) & set(RULINGS)


def test_whom_to_ask_names_who_holds_the_role_and_nobody_of_the_workbench(knowledge: Knowledge) -> None:
    offered = dict(Words(knowledge).roles())
    assert "Ms Amara Bello" in offered["dsl"] and offered[""] and offered["line-manager"] == "The line manager"
    assert not {"author", "approver"} & set(offered)


def test_rules_are_found_by_their_words_the_fullest_first(knowledge: Knowledge) -> None:
    first, *_ = found = clauses_with(knowledge, "friends followers pupils accounts games")
    assert first.id == "gswp-15" and len(found) <= 8
    assert clauses_with(knowledge, "") == clauses_with(knowledge, "xyzzy") == []


# --- counts


def test_what_is_left_is_counted_and_what_is_too_much_is_said() -> None:
    found = measures(EntryText(badge="x" * 61, answer="word " * 60, why="word " * 30), new=True)
    assert (found["badge"].words, found["badge"].over) == ("1 character too many", True)
    assert (found["words"].words, found["words"].over) == (
        "0 words left for answer, reason and instead together",
        False,
    )
    assert (found["phrasings"].words, found["phrasings"].over) == ("0 written, of at least 8", True)
    assert measures(EntryText(), new=False)["phrasings"].words == "0 written"


def test_long_words_in_long_sentences_are_for_older_readers() -> None:
    plain = "Do not add a pupil. Ask the head first. Ring the office."
    hard = (
        "Notwithstanding contractual considerations, practitioners communicating electronically require authorisation."
    )
    assert reading_age("") == 0
    assert reading_age(plain) < 9 < 16 < reading_age(hard)
