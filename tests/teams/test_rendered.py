"""What each kind of reply looks like in Teams: kept as files that people have read.

Where a change was meant, write them anew and read them: REWRITE=1 pytest tests/teams/test_rendered.py
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.own_concerns import OwnConcerns
from adapters.chat.reporting import NOT_OPENED, in_one
from adapters.chat.tasks import CHAT, NOT_YOURS
from adapters.teams import alerts, commands, form, record, replies
from adapters.teams.activities import ActivityBody
from adapters.teams.cards import LONGER, Card, Part
from adapters.teams.posts import NO_CHAT
from adapters.teams.reporting import WHO_IS_THIS
from bot.answering.remarks import tell_author, thanks, to_choose
from bot.concerns import Reader, Receipt, Record, Reporter, Summary, form_for
from bot.concerns.guidance import before_writing, for_outsiders, kept_elsewhere, not_logged
from bot.concerns.ladder.escalation import Recipient, StepKind
from bot.knowledge import School
from bot.messages import Answer, Button, Choice, Contact, FactQuestion, Reply, Source
from bot.presses import GiveFact
from bot.service.casework import ACTIONS, Casework, ConcernActions
from bot.service.letters import Letter, letter_for
from bot.store import Notice, Store
from bot.tips import TipCard
from tests.conftest import NOW
from tests.handing_over import ELSEWHERE, every_handover, noted
from tests.slack.school import LOGGED
from tests.teams import checks, sheets
from tests.teams.world import Json

FOLDER = Path(__file__).resolve().parent.parent / "rendered" / "teams"
SOURCE = Source("made-up-01", "Keep <private> & public [apart](x).", "section 2", "Code", "The school", "2026-09")
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
OPENED = form.OpenDialog("submission-id")
TIP = TipCard(
    "tip-lock", "Lock your screen when you leave it: <two> keys.", "Screens are locked & watched.", "Code, section 4",
    "lock-screen", "Leaving a screen open", NOW.date(),
)  # fmt: skip


def letter(
    school: School, kind: StepKind, urgent: bool = False, text: str = "", rung: int = 0, repeat: bool = False
) -> Letter:
    """A real letter: the core's words for a notice as the outbox holds it."""
    concern = None if kind == "sign-in" else "AB12C"
    notice = Notice(
        "notice-id", school.id, concern, kind, Recipient("dsl"), 1, rung, text, 0, 1, repeat, urgent, NOW
    )  # fmt: skip
    return letter_for(school, notice, "https://ask.school.example", NOW)


def _school(school: School) -> School:
    """With few categories, so that the files do not change with every edit of school.yaml."""
    return replace(school, categories=("Neglect", "Online safety"))


def messages(school: School, waiting: tuple[Summary, ...]) -> Mapping[str, Card]:
    """Every kind of message."""
    contact = Contact("Mr Ben Ferreira", "Online safety lead", "020 7946 0104")
    answer = Reply("answer", answer=ANSWER, offers=(tell_author(ANSWER.entry),), feedback=True)
    logged = (("AB12C", NOW, "open"), ("XY34Z", NOW + dt.timedelta(hours=1), "closed"))
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
        "alert": alerts.render(letter(school, "alert"), "29:reader"),
        "alert-immediate": alerts.render(letter(school, "alert", urgent=True), "29:reader"),
        "alert-again": alerts.render(letter(school, "alert", rung=1), "29:reader"),
        "alert-repeat": alerts.render(letter(school, "alert", repeat=True), "29:reader"),
        "alert-acknowledged": alerts.answered("AB12C", "Ms Amara Bello acknowledged it at 10:00."),
        "follow-up": alerts.render(letter(school, "follow-up")),
        "action-due": alerts.render(letter(school, "action-due")),
        "news": alerts.render(letter(school, "news", text="Ms Amara Bello has acknowledged it.")),
        "sign-in": alerts.render(letter(school, "sign-in", text="token-of-one-use")),
        "no-chat": replies.in_words(NO_CHAT),
        "how-to-ask": commands.how_to_ask(school),
        "log-a-concern": commands.log_a_concern(before_writing(school, {}, None, NOW)),
        "my-concerns": commands.my_concerns(school, OwnConcerns(logged, ())),
        "my-concerns-none": commands.my_concerns(school, OwnConcerns((), ())),
        "my-concerns-waiting": commands.my_concerns(school, OwnConcerns(logged, waiting)),
        "tip": commands.tip_card(TIP),
    }


def dialogs(school: School, shown: Record, actions: ConcernActions) -> Mapping[str, Part]:
    """Every dialog."""
    asked = form_for(school)
    receipt = Receipt("AB12C", "ABCD-EFGH", False, school.holders("dsl"), False, school.holders("dsl"), (), None)
    danger = replace(receipt, danger=True, closed_until=NOW, out_of_hours=school.holders("out-of-hours"))
    opened, filled = replace(OPENED, danger="no", told="no"), {"seen": ("What was <b>written</b>\nbefore",)}
    wrong = {"pupils": "Write the pupil’s name, even if you only know a part of it.", "adult": WHO_IS_THIS}
    broken = {"": in_one(not_logged(school, {}, None, NOW, certain=True))}
    told, danger_now = (before_writing(school, {"danger": (answer,)}, None, NOW) for answer in ("no", "yes"))
    ticked = {**filled, "about": ("pupil",), "date": ("2026-11-20",)}
    not_opened = not_logged(school, {}, None, NOW, certain=True, because=NOT_OPENED, kept=False)
    made: dict[str, Part] = {
        "concern-first": form.first_dialog(asked, OPENED, {}, {}),
        "concern-first-wrong": form.first_dialog(asked, OPENED, {"told": ("no",)}, {"danger": "Pick an answer."}),
        "concern-form": form.report_dialog(asked, opened, told, filled, {}),
        "concern-form-danger": form.report_dialog(asked, replace(opened, danger="yes"), danger_now, {}, {}),
        "concern-form-wrong": form.report_dialog(asked, opened, told, ticked, wrong),
        "concern-form-not-logged": form.report_dialog(asked, opened, told, ticked, broken),
        "concern-logged": form.done_dialog(school, receipt),
        "concern-logged-danger": form.done_dialog(school, danger),
        "concern-logged-adult": form.done_dialog(school, replace(receipt, about_adult=True)),
        "concern-elsewhere": form.elsewhere_dialog(kept_elsewhere(replace(school, elsewhere=ELSEWHERE), NOW)),
        "concern-refused": form.refused_dialog(in_one(for_outsiders())),
        "concern-no-form": form.refused_dialog(in_one(not_opened)),
        "record": record.record_dialog(school, shown, actions.offered(DSL, shown, CHAT)),
        "record-acknowledged": record.record_dialog(school, shown, (), actions.said("acknowledge")),
        "record-saved": record.saved_dialog("AB12C", actions.said("note")),
        "record-refused": record.message_dialog("AB12C", NOT_YOURS),
    }
    tasks = {task.id: (task, actions.fields(DSL, task, NOW)) for task in actions.of(CHAT)}
    past = {"review_on": "This day has passed."}
    made["task-close-wrong"] = record.task_dialog("AB12C", *tasks["close"], {"outcome": "Done"}, past)
    return made | {f"task-{name}": record.task_dialog("AB12C", *task) for name, task in tasks.items() if task[0].fields}


@pytest.fixture
def work(school: School, store: Store) -> Casework:
    return Casework(lambda: school, store)


@pytest.fixture
def actions(school: School, store: Store, work: Casework) -> ConcernActions:
    return ConcernActions(lambda: school, store, work, ACTIONS)


@pytest.fixture
def shown(work: Casework) -> Record:
    """A concern with a chronology, under a number that stays the same."""
    number = work.log("one", LOGGED, NOW, Reporter("Priya Shah", "Teacher", known_by="teams")).number
    work.note(DSL, number, "Rang home.\n\n<No> answer.", NOW)
    return replace(work.read(DSL, number, NOW, "Teams"), number="AB12C")


@pytest.fixture
def waiting(work: Casework, school: School, store: Store, shown: Record) -> tuple[Summary, ...]:
    """What waits for the DSL, the most urgent first."""
    work.log("two", {**LOGGED, "danger": ("yes",)}, NOW, Reporter("Priya Shah", "Teacher", known_by="teams"))
    found = store.inbox(school.id).summaries(DSL)
    return tuple(
        replace(each, number=f"AB12{letter}")
        for letter, each in zip("DC", sorted(found, key=lambda each: not each.state.urgent), strict=True)
    )


def _compare(name: str, made: object) -> None:
    path, text = FOLDER / f"{name}.json", json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("REWRITE"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing. Write it: REWRITE=1 pytest {Path(__file__).name}"
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8")), f"{name} looks different now"


def test_messages_look_as_they_were_read(school: School, waiting: tuple[Summary, ...]) -> None:
    for name, card in messages(_school(school), waiting).items():
        assert list(checks.of_card(card.content)) == [], name
        assert card.summary == card.content["fallbackText"]
        _compare(name, {"summary": card.summary, "card": card.content})


def test_dialogs_look_as_they_were_read(school: School, shown: Record, actions: ConcernActions) -> None:
    for name, made in dialogs(_school(school), shown, actions).items():
        assert list(checks.of_answer(made, "task/submit")) == [], name
        _compare(name, made)


def test_no_file_is_left_over(
    school: School, shown: Record, waiting: tuple[Summary, ...], actions: ConcernActions
) -> None:
    small = _school(school)
    made = {*messages(small, waiting), *dialogs(small, shown, actions)}
    assert {path.stem for path in FOLDER.glob("*.json")} == made


def test_what_somebody_wrote_stands_in_plain_runs_alone(school: School, work: Casework) -> None:
    """Only headings are markdown, and those are ours; what cards would work out is broken up."""
    nasty = "**b** [l](https://evil.example) {{DATE(2026-01-01)}} <at>all</at>"
    answers = {**LOGGED, **dict.fromkeys(("pupils", "seen", "words", "where", "done", "link"), (nasty,))}
    number = work.log("nasty", answers, NOW, Reporter(nasty, nasty)).number
    work.decide(DSL, number, nasty, nasty, NOW)
    made = record.record_dialog(school, work.read(DSL, number, NOW, "Teams"), ())
    inside = made["task"]["value"]["card"]["content"]
    assert [part for part in _texts(inside) if "evil" in str(part) and part["type"] != "TextRun"] == []
    assert "{{" not in json.dumps(made)


def test_the_words_of_a_heading_stay_as_they_are(school: School) -> None:
    odd = replace(ANSWER, badge="1. Is *this* [ok](x)? #1 {{x}} a_b_c & <i>")
    (heading, *_) = replies.render(Reply("answer", answer=odd)).content["body"]
    assert sheets.plain(heading["text"]).replace("\u200b", "").endswith("1. Is *this* [ok](x)? #1 {{x}} a_b_c & <i>")


@pytest.mark.parametrize("sign", ["a", "&", "word ", "{{x}} ", "é", "😀", "\n", "line\n\n"])
def test_what_is_too_long_is_left_out_within_the_limits(sign: str) -> None:
    long = replace(ANSWER, answer=sign * 20_000, why=sign * 9_000, title=sign * 3_000, sources=(SOURCE,) * 60)
    card = replies.render(Reply("answer", answer=long, question=ASKED, feedback=True))
    assert list(checks.of_card(card.content)) == []
    sheet = sheets.Sheet(card.content)
    labels = [action["title"] for action, _ in sheet.actions()]
    assert {"19 or over", "This helped"} <= {*labels}, "however long the answer, its buttons are there"
    assert "How old are they now?" in sheet.text
    assert LONGER in sheet.text or not sign.strip()
    if "Where this comes from" in labels:
        sheet.toggle(next(action for action, _ in sheet.actions() if action["title"] == "Where this comes from"))


def test_a_record_of_any_length_is_shown_as_far_as_teams_can(
    school: School, shown: Record, actions: ConcernActions
) -> None:
    event = shown.events[-1]
    long = replace(shown, events=(*shown.events, *(replace(event, number=i) for i in range(500))))
    made = record.record_dialog(school, long, actions.of(CHAT))
    assert list(checks.of_answer(made, "task/fetch")) == []
    assert LONGER in json.dumps(made)
    assert "Close it" in json.dumps(made), "what can be done to it stays"


@pytest.mark.parametrize("sign", ["a", "é", "م"])
def test_a_form_filled_in_to_its_limits_comes_back_whole(school: School, sign: str) -> None:
    asked = form_for(school)
    given = {
        field.id: (sign * field.limit,) for field in asked.report.fields if field.limit and field.id != "adult_name"
    }
    made = form.report_dialog(asked, OPENED, before_writing(school, {}, None, NOW), given, {"about": "Pick an answer."})
    values = [each.get("value", "") for each in sheets.inputs(made["task"]["value"]["card"]["content"])]
    assert {value for (value,) in given.values()} <= {*values}


def _texts(part: ActivityBody) -> Iterator[Json]:
    """Everything in a card that has a text."""
    if "text" in part:
        yield dict(part)
    for inner in part.values():
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict):
                yield from _texts(each)
