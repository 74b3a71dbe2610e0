"""What is counted of labelled questions, by groups and by what was taken for what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.command.score import score
from adapters.command.score_lines import border_lines, group_lines
from bot.answering.dialogue import Base
from bot.answering.outcome import Outcome
from bot.answering.scoring import Asked, Labelled, QuestionsError, confusions, figures, grouped, read_questions
from bot.messages import Choice, ReplyKind
from tests.conftest import NOW

EX_PUPIL = "can I friend an ex-pupil?"


def labelled(number: int, kind: str = "guidance", text: str = "one", topic: str = "-", writer: str = "-") -> Labelled:
    return Labelled(f"q{number}", text, kind, frozenset({"kent-01"}), topic, writer)


def outcome(kind: ReplyKind, entry: str | None = None, cites: tuple[str, ...] = (), *offered: str) -> Outcome:
    choices = tuple(Choice(each, each.title(), ("roose-01",)) for each in offered)
    return Outcome(kind, entry, cites, choices, None, None, 0.5, False)


def figure(asked: list[Asked], name: str) -> str:
    return next(str(each) for each in figures(asked) if each.name == name)


@pytest.mark.parametrize(
    ("kind", "counts"), [("no-answer", "1"), ("smalltalk", "1"), ("choices", "0.5"), ("answer", "0"), ("handover", "0")]
)
def test_choices_for_what_no_entry_answers_count_as_half_abstained(kind: ReplyKind, counts: str) -> None:
    said = outcome(kind, None, (), *(("friend-pupil",) if kind == "choices" else ()))
    assert figure([(labelled(1, "out-of-scope"), said)], "abstained").endswith(f"   {counts} of 1")


def test_each_group_has_the_figures_of_its_own_questions() -> None:
    right, wrong = outcome("answer", "a", ("kent-01",)), outcome("answer", "b", ("roose-01",))
    asked = [(labelled(1, topic="phones"), right), (labelled(2, topic="phones"), wrong), (labelled(3), right)]
    groups = grouped(asked, "topic")
    assert [(group.name, group.size, str(group.figures["right"])) for group in groups] == [
        ("phones", 2, "right         0.500   1 of 2"), ("-", 1, "right         1.000   1 of 1"),
    ]  # fmt: skip


def test_topics_that_are_numbers_stand_in_their_order_and_those_without_a_topic_last() -> None:
    asked = [(labelled(1, topic=topic), outcome("no-answer")) for topic in ("10", "-", "old", "2")]
    assert [group.name for group in grouped(asked, "topic")] == ["2", "10", "old", "-"]


@pytest.mark.parametrize(
    ("words", "band"),
    [(10, "up to 10"), (11, "11-18"), (18, "11-18"), (28, "19-28"), (45, "29-45"), (46, "more words")],
)
def test_a_question_is_in_the_band_of_its_number_of_words(words: int, band: str) -> None:
    asked = [(labelled(1, text="word " * words), outcome("no-answer"))]
    assert [group.name for group in grouped(asked, "length")] == [band]


def test_the_columns_of_a_table_stand_below_each_other() -> None:
    asked = [
        (labelled(1, writer="a"), outcome("answer", "a", ("kent-01",))),
        (labelled(2, writer="somebody"), outcome("no-answer")),
        (labelled(3, "concern", writer="a"), outcome("no-answer")),
    ]
    lines = list(group_lines(asked, "writer"))
    heading, *rows = lines[lines.index("") + 5 :][:3]
    assert heading.split() == ["guidance", "right", "shown", "wrong"]
    assert [row.index("of 1") for row in rows] == [rows[0].index("of 1")] * 2
    assert "urgent" not in "".join(lines), "nothing was immediate: there is no column for it"


def test_what_was_said_in_the_place_of_what_is_counted_the_commonest_first() -> None:
    answered, offered = outcome("answer", "b", ("roose-01",)), outcome("choices", None, (), "c", "d")
    right, none = outcome("answer", "a", ("kent-01",)), outcome("no-answer")
    asked = [(labelled(n), said) for n, said in enumerate([offered, answered, right, none, answered])]
    found = [(each.entry, each.offered, each.expected, each.questions) for each in confusions(asked)]
    assert found == [("b", False, ("kent-01",), ("q1", "q4")), ("c", True, ("kent-01",), ("q0",))]


@pytest.mark.parametrize("field", ["topic: [a, b]", "writer: {a: b}"])
def test_a_topic_that_is_not_one_name_is_a_sentence(tmp_path: Path, field: str) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(f"- {{id: 1, text: hello, kind: smalltalk, {field}}}\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match=rf"item 1: {field.partition(':')[0]} is not one name\. Write it as"):
        read_questions(file)


def test_the_questions_nearest_to_a_threshold_stand_on_their_side_of_it(base: Base) -> None:
    asked = (EX_PUPIL, "who orders the glue sticks", "a boy in my class seems sad and bruised", "phones on trips?")
    lines = list(border_lines(base.understanding, [labelled(n, text=text) for n, text in enumerate(asked)], 3))
    headings = [line for line in lines if line.startswith("Nearest")]
    assert headings == [f"Nearest to the threshold for {name}:" for name in ("answer", "choices", "handover")]
    answer = lines[lines.index(headings[0]) : lines.index(headings[1])]
    signs = re.findall(r"([+-])\d\.\d{3}", "\n".join(answer))
    assert 0 < len(signs) <= 3 and signs == sorted(signs), "those past it stand first"


def test_all_of_it_stands_below_the_figures_of_its_file(base: Base, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(
        f"- {{id: 1, text: '{EX_PUPIL}', kind: guidance, clauses: [kent-01], topic: 3, writer: m}}\n", encoding="utf-8"
    )
    shown = score(base, [file], NOW, by="topic", confusions=True, near=1).splitlines()
    places = [shown.index(each) for each in ("  By topic:", "  Said where other clauses were expected:")]
    assert 0 < places[0] < places[1]
    assert "  1 x answered friend-ex-pupil, expected kent-01" in shown
