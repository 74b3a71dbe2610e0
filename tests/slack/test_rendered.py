"""What each kind of reply looks like on Slack: kept as files that people have read.

Where a change was meant, write them anew and read them: REWRITE=1 pytest tests/slack/test_rendered.py
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.own_concerns import OwnConcerns
from adapters.chat.tasks import CHAT, NOT_YOURS
from adapters.slack import alerts, form, home, record, replies, tips
from adapters.slack.blocks import Drawn
from adapters.slack.greeting import greeting
from adapters.slack.posting import in_words
from bot.answering.remarks import tell_author, thanks, to_choose
from bot.concerns import Advice, Reader, Receipt, Record, Reporter, form_for
from bot.concerns.guidance import before_writing, kept_elsewhere, ring_instead
from bot.concerns.ladder.escalation import Recipient
from bot.knowledge import School
from bot.messages import Answer, Button, Choice, Contact, FactQuestion, Reply, Source
from bot.presses import GiveFact
from bot.service.casework import ACTIONS, Casework, ConcernActions
from bot.service.letters import letter_for
from bot.store import Notice, Store
from bot.tips import TipCard
from tests.conftest import NOW, SCHOOL
from tests.handing_over import ELSEWHERE, every_handover, noted
from tests.slack import checks, forms, mrkdwn, screens
from tests.slack.school import LOGGED

FOLDER = Path(__file__).resolve().parent.parent / "rendered" / "slack"
SOURCE = Source("made-up-01", "Keep <private> & public apart.", "section 2", "Code", "The school", "2026-09")
ANSWER = Answer(
    "ex-pupils", "Friending an ex-pupil", "depends", "Under 19: don't. From 19: not advised",
    "Not under 19. From 19 it is *not* advised.",
    "You may still teach their brother or sister.", "Answer with the school’s own account.",
    "An older policy says 18.", (SOURCE,), "Ms Amara Bello", "2026-09-01", "2027-09-01", due_for_review=True,
    ask="head", contact=Contact("Mrs Ruth Calder", "Headteacher", "020 7946 0100"),
)  # fmt: skip
ASKED = FactQuestion(
    "How old are they now?",
    (
        Button("Under 19", GiveFact("ex-pupils", "age", "under-19")),
        Button("19 or over", GiveFact("ex-pupils", "age", "19")),
    ),
)
CHOICES = tuple(Choice(f"entry-{i}", f"Title of the entry number {i}", ("made-up-01",)) for i in (1, 2, 3))
DSL = Reader("dsl", frozenset({"dsl"}))
OPENED = form.OpenView("submission-id")
NOTICE = Notice(
    "notice-id", SCHOOL, "AB12C", "alert", Recipient("dsl"), round=1, rung=0, text="", way=0, tries=1, repeat=False,
    urgent=False, due=NOW,
)  # fmt: skip
NEWS = replace(NOTICE, kind="news", text="Ms Amara Bello acknowledged it at 10:00.")
TIP = TipCard(
    "tip-lock", "Lock your screen when you leave it: <two> keys.", "Screens are locked & watched.", "Code, section 4",
    "lock-screen", "Leaving a screen open", NOW.date(),
)  # fmt: skip


def _school(school: School) -> School:
    """With few categories, so that the files do not change with every edit of school.yaml."""
    return replace(school, categories=("Neglect", "Online safety"))


def ring_of(school: School) -> tuple[Advice, ...]:
    return ring_instead(school, {}, None, NOW)


def messages(school: School) -> Mapping[str, Drawn]:
    """Every kind of message."""
    contact = Contact("Mr Ben Ferreira", "Online safety lead", "020 7946 0104")
    answer = Reply("answer", answer=ANSWER, offers=(tell_author(ANSWER.entry),), feedback=True)

    def letter(notice: Notice) -> Drawn:
        return alerts.render(letter_for(school, notice, "https://ask.school.example", NOW))

    return {
        "answer": replies.render(answer),
        "answer-with-question": replies.render(replace(answer, question=ASKED)),
        "answer-why": replies.render(replace(answer, focus="why")),
        "answer-sources": replies.render(replace(answer, focus="sources")),
        "answer-not-approved": replies.render(
            replace(answer, answer=replace(ANSWER, approved_by="", reviewed="", review_by="", due_for_review=False))
        ),
        "answer-with-note": replies.render(replace(answer, note=noted(school))),
        "choices": replies.render(Reply("choices", text="Which of these do you mean?", choices=CHOICES, feedback=True)),
        "no-answer": replies.render(Reply("no-answer", text="I don't know. Please ask:", contact=contact)),
        "remark-reasons": replies.render(to_choose(ANSWER.entry, ANSWER.title)),
        "remark-thanks": replies.render(thanks("out-of-date", contact, "online-safety-lead")),
        "smalltalk": replies.render(Reply("smalltalk", text="Hello.")),
        **{name: replies.render(Reply("handover", handover=said)) for name, said in every_handover(school).items()},
        "alert": letter(NOTICE),
        "alert-immediate": letter(replace(NOTICE, urgent=True)),
        "alert-again": letter(replace(NOTICE, rung=1, repeat=True)),
        "alert-acknowledged": alerts.answered("Safeguarding concern AB12C", "Ms Amara Bello acknowledged it at 10:00."),
        "follow-up": letter(replace(NOTICE, kind="follow-up")),
        "action-due": letter(replace(NOTICE, kind="action-due")),
        "news": letter(NEWS),
        "sign-in": letter(replace(NOTICE, kind="sign-in", concern=None, text="token")),
        "greeting": greeting(school, ring_of(school)),
        "greeting-guest": greeting(school, ring_of(school), may_log=False),
        "refusal": in_words(NOT_YOURS),
        "tip": tips.render(TIP),
    }


def views(school: School, shown: Record, actions: ConcernActions) -> Mapping[str, dict[str, Any]]:
    """Every view."""
    asked = form_for(school)
    receipt = Receipt("AB12C", "ABCD-EFGH", False, school.holders("dsl"), False, school.holders("dsl"), (), None)
    danger = replace(receipt, danger=True, closed_until=NOW, out_of_hours=school.holders("out-of-hours"))
    waiting = replace(OPENED, danger="no", told="no")
    told, danger_now = (before_writing(school, {"danger": (answer,)}, None, NOW) for answer in ("no", "yes"))
    filled = {"seen": "What was <b>written</b> after the command", "link": "https://slack.com/archives/C1/p1"}
    logged = (("AB12C", NOW, "open"), ("XY34Z", NOW + dt.timedelta(hours=1), "closed"))
    made: dict[str, dict[str, Any]] = {
        "sources": replies.sources_view(ANSWER),
        "concern-first": form.first_view(asked, OPENED),
        "concern-form": form.report_view(asked, waiting, told, filled),
        "concern-form-danger": form.report_view(asked, replace(waiting, danger="yes"), danger_now),
        "concern-logged": form.done_view(school, receipt),
        "concern-logged-danger": form.done_view(school, danger),
        "concern-logged-adult": form.done_view(school, replace(receipt, about_adult=True)),
        "concern-elsewhere": form.elsewhere_view(kept_elsewhere(replace(school, elsewhere=ELSEWHERE), NOW)),
        "concern-refused": form.refused_view(),
        "home": home.home_view(school, OwnConcerns((), ()), None, ring_of(school)),
        "home-logged": home.home_view(school, OwnConcerns(logged, ()), TIP, ring_of(school)),
        "home-guest": home.home_view(school, OwnConcerns((), ()), None, ring_of(school), may_log=False),
        "record": record.record_view(school, shown, actions.offered(DSL, shown, CHAT)),
        "record-acknowledged": record.record_view(school, shown, (), actions.said("acknowledge")),
        "record-saved": record.saved_view("AB12C", actions.said("note")),
    }
    return made | {
        f"task-{task.id}": record.task_view("AB12C", task, actions.fields(DSL, task, NOW))
        for task in actions.of(CHAT)
        if task.fields
    }


@pytest.fixture
def work(school: School, store: Store) -> Casework:
    return Casework(lambda: school, store)


@pytest.fixture
def actions(school: School, store: Store, work: Casework) -> ConcernActions:
    return ConcernActions(lambda: school, store, work, ACTIONS)


@pytest.fixture
def shown(work: Casework) -> Record:
    """A concern with a chronology, under a number that stays the same."""
    number = work.log("one", LOGGED, NOW, Reporter("Priya Shah", "Teacher", known_by="slack")).number
    work.note(DSL, number, "Rang home. <No> answer.", NOW)
    return replace(work.read(DSL, number, NOW, "Slack"), number="AB12C")


def _compare(name: str, made: object) -> None:
    path, text = FOLDER / f"{name}.json", json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("REWRITE"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing. Write it: REWRITE=1 pytest {Path(__file__).name}"
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8")), f"{name} looks different now"


def test_messages_look_as_they_were_read(school: School) -> None:
    for name, drawn in messages(_school(school)).items():
        message = {"text": drawn.text, "blocks": list(drawn.blocks)}
        assert checks.message_faults(message, name) == []
        assert drawn.text
        _compare(name, message)


def test_views_look_as_they_were_read(school: School, shown: Record, actions: ConcernActions) -> None:
    for name, view in views(_school(school), shown, actions).items():
        assert checks.view_faults(view, view["type"]) == [], name
        _compare(name, view)


def test_no_file_is_left_over(school: School, shown: Record, actions: ConcernActions) -> None:
    small = _school(school)
    assert {path.stem for path in FOLDER.glob("*.json")} == {*messages(small), *views(small, shown, actions)}


def test_slack_folds_no_section(school: School, shown: Record, actions: ConcernActions) -> None:
    """What to do must not stand behind "see more"."""
    small = _school(school)
    made = [*(list(drawn.blocks) for drawn in messages(small).values())]
    made += [view["blocks"] for view in views(small, shown, actions).values()]
    sections = [block for blocks in made for block in blocks if block["type"] == "section"]
    assert sections and all(block.get("expand") is True for block in sections)


def test_an_alert_about_somebody_in_danger_says_so_twice_and_nothing_else(school: School) -> None:
    drawn = messages(_school(school))["alert-immediate"]
    shown = " ".join(screens.mrkdwn_texts(list(drawn.blocks)))
    assert "IMMEDIATE: safeguarding concern AB12C" in shown and "Somebody may be in danger now" in shown
    assert "not marked as immediate" not in shown


def test_nothing_in_them_is_a_slip_of_markup(school: School) -> None:
    for drawn in messages(_school(school)).values():
        assert [mrkdwn.untidy(text) for text in screens.mrkdwn_texts(list(drawn.blocks)) if mrkdwn.untidy(text)] == []


@pytest.mark.parametrize("sign", ["a", "&", "word ", "<!channel> ", "é", "😀", "\n"])
def test_what_is_too_long_is_split_within_the_limits(sign: str) -> None:
    long = replace(ANSWER, answer=sign * 20_000, why=sign * 9_000, title=sign * 3_000, sources=(SOURCE,) * 60)
    drawn = replies.render(Reply("answer", answer=long, question=ASKED, feedback=True))
    assert checks.message_faults({"text": drawn.text, "blocks": list(drawn.blocks)}) == []
    assert checks.view_faults(replies.sources_view(long), "modal") == []
    labels = [control.label for control in forms.pressable(list(drawn.blocks))]
    assert "19 or over" in labels, "however long the answer, its buttons are there"


def test_a_record_of_any_length_is_shown_as_far_as_slack_can(
    school: School, shown: Record, actions: ConcernActions
) -> None:
    event = shown.events[-1]
    long = replace(shown, events=(*shown.events, *(replace(event, number=i) for i in range(500))))
    view = record.record_view(school, long, actions.of(CHAT))
    assert checks.view_faults(view, "modal") == []
    assert record.TOO_LONG in json.dumps(view)
