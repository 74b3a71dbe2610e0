"""What leaves AskFirst as a file: every field is in it, and nothing that somebody typed can break it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from adapters.documents.pdf import concern_pdf
from adapters.documents.printable import BOX, printable
from adapters.documents.table import concern_csv
from bot.concerns import ASKFIRST, Actor, Adult, ChildFile, Detail, Event, EventKind, Pupil, Record, Report, Reporter
from bot.concerns.chronology import BEHIND, KINDS, Status, state_of
from bot.concerns.event_words import EVENT_WORDS
from bot.concerns.words import STATUS_LABELS, STATUS_WORDS, sentence, standing
from bot.knowledge import School

NOW = dt.datetime(2027, 6, 10, 9, 30, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 11, 23, 10, 4, tzinfo=dt.UTC)
NUMBER = "K7Q2-9XM4"
REPORTER = Actor("", "Ms Dana Whitlock")
DSL = Actor("dsl", "Ms Amara Bello")
REPORT = Report(
    danger=True,
    told=True,
    pupils=(Pupil("Jordan Ash", "8B"), Pupil("Zofia Wójcik", "Year 9")),
    adult=Adult("Mr Carl Venn", "Sports coach", None),
    head=True,
    seen="A red mark on his left forearm.\nIn my opinion he was frightened.",
    words="He grabbed me because I was slow.",
    happened_on=dt.date(2026, 11, 20),
    happened_at="after lunch",
    where="Sports hall",
    present="Miss Pell",
    done="I told Ms Bello.",
    categories=("Physical harm", "Conduct of an adult"),
    link="https://example.org/chat/8231",
    reporter=Reporter("Ms Dana Whitlock", "Teacher of history"),
)
DETAILS: Mapping[EventKind, Detail] = {
    "nobody-to-tell": Detail(text="Mr Tomasz Zielinski (020 7946 0110)"),
    "alert-sent": Detail(who="Ms Amara Bello", way="e-mail", tries=2),
    "alert-failed": Detail(who="Ms Amara Bello", way="e-mail", tries=1, reason="the server did not answer"),
    "opened": Detail(way="the terminal"),
    "note": Detail(text="It happened on Friday."),
    "action": Detail(text="Ring the LADO.", due=dt.date(2026, 11, 24)),
    "action-done": Detail(about=1209),
    "action-cancelled": Detail(about=1210),
    "action-kept": Detail(about=1211),
    "decision": Detail(text="Wait for the LADO.", reason="So that nothing is put at risk."),
    "correction": Detail(text="It happened on Thursday.", about=1208),
    "added": Detail(text="His mother rang."),
    "reassigned": Detail(who="Mrs Ruth Calder", reference="head", reason="I am away."),
    "referred": Detail(who="Children’s social care", reference="123", text="By telephone."),
    "linked": Detail(reference="abc"),
    "closed": Detail(text="No further action.", reason="All is done.", due=dt.date(2033, 9, 1)),
    "reopened": Detail(reason="A letter came."),
    "exported": Detail(way="pdf"),
    "deletion-asked": Detail(reason="It was a test."),
    "deletion-refused": Detail(reason="It has to be kept."),
}
# Lines of the log that belong to no concern, as Detail says; and what no document of one has.
OF_NO_CONCERN: frozenset[EventKind] = frozenset(
    {"link-made", "signed-in", "forgotten", "in-terminal", "begun", "restored", "left-sealed", "subject-access"}
)
CONCERN_KINDS = tuple(kind for kind in KINDS if kind not in OF_NO_CONCERN | BEHIND | {"deleted"})
ANYTHING = st.text(st.characters(codec=None), max_size=120)
SCRIPTS = st.lists(
    st.sampled_from(
        ["لا أريد أن أذهب", "می‌خواهم", "گھر نہیں", "Я боюсь", "Zażółć", "我不想", "אני", "🍆👍🏽", "\u202edrow\u202c",
         "\u2067x", "\x00\x07\x1b", "\r\n", "\n\n", "\u2028", "{nb}", "**", "W" * 90, "10:40", "(", "]", " ", "\udbf6"]
    )
).map("".join)  # fmt: skip


def chronology(report: Report = REPORT, kinds: Sequence[EventKind] = CONCERN_KINDS) -> tuple[Event, ...]:
    """An event of each kind, a minute apart; the first has number 1201."""
    details: dict[EventKind, Detail] = {**DETAILS, "logged": Detail(report=report)}
    by: dict[EventKind, Actor] = {"logged": REPORTER, "added": REPORTER, "alert-sent": ASKFIRST}
    return tuple(
        Event(1201 + index, FIRST + dt.timedelta(minutes=index), kind, by.get(kind, DSL), details.get(kind, Detail()))
        for index, kind in enumerate(kinds)
    )


def record(events: Sequence[Event] = (), number: str = NUMBER) -> Record:
    events = tuple(events) or chronology()
    return Record(number, "staff", state_of(events), events, None, False, (ChildFile("abc", "Jordan Ash", (number,)),))


def notes(text: str, count: int) -> tuple[Event, ...]:
    note = Event(2000, FIRST, "note", DSL, Detail(text=text))
    return (*chronology(kinds=("logged",)), *(replace(note, number=2000 + index) for index in range(count)))


def pdf(
    school: School, *records: Record, title: str = f"Safeguarding concern {NUMBER}", by: str = "Mrs Calder"
) -> bytes:
    return concern_pdf(school, records, title, by, NOW)


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def read(content: bytes) -> str:
    """The text of every page, with the line breaks of the page taken out."""
    return " ".join(" ".join(page.extract_text() for page in opened(content).pages).split())


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def whole(school: School) -> str:
    """The text of a concern with an event of every kind."""
    return read(pdf(school, record()))


# --- the words


def test_every_kind_of_event_and_every_status_has_words() -> None:
    assert set(EVENT_WORDS) == set(KINDS)
    assert set(STATUS_WORDS) == set(STATUS_LABELS) == set(get_args(Status))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("logged", "Logged as immediate: somebody was in danger"),
        ("alert-sent", "Alert sent to Ms Amara Bello by e-mail (try 2)"),
        ("alert-failed", "Alert to Ms Amara Bello by e-mail failed"),
        ("opened", "Read on the terminal"),
        ("action", "Action to take by 24 November 2026"),
        ("action-done", "Action no. 1209 was done"),
        ("action-cancelled", "Action no. 1210 was cancelled"),
        ("action-kept", "Action no. 1211 stays open after the closing, with its reminder"),
        ("correction", "Correction: this supersedes no. 1208"),
        ("reassigned", "Passed on to Mrs Ruth Calder"),
        ("referred", "Referred to Children’s social care, reference 123"),
        ("closed", "Closed. To be looked at again on 1 September 2033"),
        ("exported", "Exported as PDF"),
    ],
)
def test_an_event_is_told_in_one_plain_sentence(kind: EventKind, expected: str) -> None:
    (event,) = (event for event in chronology() if event.kind == kind)

    assert sentence(event) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("logged", "Nobody has acknowledged it yet"),
        ("acknowledged", "Acknowledged by Ms Amara Bello on 23 Nov 2026, 10:09"),
        ("added", "Acknowledged by Ms Amara Bello; more was added since, and nobody has acknowledged that yet"),
        ("reassigned", "Passed on, and not acknowledged since"),
        ("closed", "Closed by Ms Amara Bello. To be looked at again on 1 September 2033"),
        ("deleted", "Its content was deleted for good"),
    ],
)
def test_how_a_concern_stands_is_told_with_who_and_when(school: School, last: EventKind, expected: str) -> None:
    events = chronology(kinds=KINDS[: KINDS.index(last) + 1])

    assert standing(state_of(events), school.opening.zone) == expected


def test_a_sentence_repeats_nothing_that_was_written_freely() -> None:
    for event in chronology():
        for free in (event.detail.text, event.detail.reason):
            assert not free or free not in sentence(event)


# --- the PDF


def test_every_page_is_a4_and_says_whose_it_is_and_that_it_is_confidential(school: School) -> None:
    pages = opened(pdf(school, record(notes("Spoke to the family again.", 40)))).pages

    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((595.28, 841.89), abs=0.1)
        text = page.extract_text()
        for expected in (
            school.name,
            f"Concern {NUMBER}",
            "Confidential: safeguarding",
            f"Exported by Mrs Calder on 10 Jun 2027, 10:30. Page {number} of 4",
        ):
            assert expected in text


def test_everything_that_was_reported_is_in_it(whole: str) -> None:
    for expected in (
        f"Number {NUMBER}",
        "Status Acknowledged by Ms Amara Bello on 23 Nov 2026, 10:21",
        "Urgency Immediate",
        "Logged 23 Nov 2026, 10:04",
        "Logged by Ms Dana Whitlock, Teacher of history",
        "Told in person Yes",
        "Pupil: Jordan Ash, 8B Pupil: Zofia Wójcik, Year 9",
        "Adult at the school: Mr Carl Venn, Sports coach",
        "The headteacher",
        "Category Physical harm Conduct of an adult",
        "In the file of Jordan Ash",
        "When 20 November 2026, after lunch",
        "Where Sports hall",
        "Who was there Miss Pell",
        "A red mark on his left forearm. In my opinion he was frightened.",
        "The child’s own words Exactly as they were said, written down by the reporter. He grabbed me",
        "What was done already I told Ms Bello.",
        "https://example.org/chat/8231",
    ):
        assert expected in whole


def test_what_was_left_empty_is_said_to_be_so(school: School) -> None:
    empty = replace(
        REPORT, danger=False, pupils=(), adult=None, words="", happened_on=None, happened_at="", where="", present="",
        done="", categories=(), link="",
    )  # fmt: skip
    text = read(pdf(school, record(chronology(empty))))

    for label in ("Category", "When", "Where", "Who was there", "The child’s own words", "What was done already"):
        assert f"{label} Not stated" in text
    assert "Not marked as immediate" in text


def test_every_line_of_the_chronology_is_in_it_with_all_it_says(whole: str) -> None:
    for index, event in enumerate(chronology()):
        assert f"{event.number} 23 Nov 2026, 10:{4 + index:02} {event.by.name}: {sentence(event)}" in whole
        assert event.detail.text in whole
        assert event.detail.reason in whole


def test_times_are_those_of_the_school_s_clocks(school: School) -> None:
    summer = Event(1, dt.datetime(2027, 6, 1, 23, 30, tzinfo=dt.UTC), "note", DSL, Detail(text="Late."))

    assert "2 Jun 2027, 00:30" in read(pdf(school, record((*chronology(kinds=("logged",)), summer))))


def test_a_superseded_line_stays_and_says_what_supersedes_it(school: School) -> None:
    corrected = Event(1300, FIRST, "correction", DSL, Detail(text="The right forearm.", about=1201))
    text = read(pdf(school, record((*chronology(), corrected))))

    assert "Note Superseded by no. 1212 It happened on Friday." in text
    assert "Correction: this supersedes no. 1208 It happened on Thursday." in text
    assert "Put right later See no. 1300 in the chronology." in text


def test_the_concerns_of_a_file_each_begin_on_a_new_page_after_a_cover(school: School) -> None:
    second = record(notes("Spoke to the family again.", 40), "B1B1-B1B1")
    third = record(number="C2C2-C2C2")
    pages = opened(pdf(school, record(), second, third, title="Child’s file: Jordan Ash")).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    begins = [next(at for at, text in enumerate(texts, 1) if f"Safeguarding concern {number}" in text)
              for number in (NUMBER, "B1B1-B1B1", "C2C2-C2C2")]  # fmt: skip

    assert "Child’s file: Jordan Ash" in texts[0]
    assert "3 concerns" in texts[0]
    assert f"{NUMBER} 23 Nov 2026, 10:04 Acknowledged Immediate {begins[0]}" in texts[0]
    assert f"B1B1-B1B1 23 Nov 2026, 10:04 Not acknowledged Immediate {begins[1]}" in texts[0]
    assert f"C2C2-C2C2 23 Nov 2026, 10:04 Acknowledged Immediate {begins[2]}" in texts[0]
    assert begins[0] == 2
    assert [text.count("Concern B1B1-B1B1") for text in texts[begins[1] - 1 : begins[2] - 1]] == [1, 1, 1, 1]


def test_what_a_file_manager_shows_of_it_holds_no_name(school: School) -> None:
    document = opened(pdf(school, record(), record(number="B1B1-B1B1"), title="Child’s file: Jordan Ash"))
    shown = document.metadata

    assert shown is not None
    assert shown.title == f"Safeguarding concerns {NUMBER}, B1B1-B1B1"
    assert shown.creation_date == NOW
    assert str(document.root_object["/Lang"]) == "en-GB"
    assert not any("Jordan" in str(value) or "Calder" in str(value) for value in shown.values())


def test_the_same_concern_gives_the_same_bytes(school: School) -> None:
    assert pdf(school, record()) == pdf(school, record())


def test_three_hundred_lines_and_the_longest_texts_fit(school: School) -> None:
    long = replace(REPORT, seen="x" * 3000, words="word " * 600, done="\n" * 2999 + "end", link="y" * 500)
    events = (*chronology(long), *notes("a", 300)[1:], *notes("z" * 3000, 1)[1:])
    text = read(pdf(school, record(events), title="t" * 300, by="n" * 300))

    assert text.count("x") >= 3000
    assert text.count("word ") >= 600
    assert text.count("z") >= 3000
    assert text.count("Ms Amara Bello: Note a") == 300


def test_other_alphabets_are_shown_and_what_cannot_be_is_a_box_that_is_explained(school: School, whole: str) -> None:
    typed = "Я боюсь. Zażółć gęślą jaźń. Tôi không muốn. Δεν θέλω. 我 🍆"
    text = read(pdf(school, record(chronology(replace(REPORT, seen=typed)))))

    assert f"Я боюсь. Zażółć gęślą jaźń. Tôi không muốn. Δεν θέλω. {BOX} {BOX}" in text
    assert f"A box ({BOX}) stands for a character that this file cannot show" in text
    assert "A box" not in whole


def test_letters_from_right_to_left_are_joined_and_stand_in_their_order(school: School) -> None:
    pytest.importorskip("uharfbuzz")
    words = "لا أريد أن أذهب إلى البيت"
    text = read(pdf(school, record(chronology(replace(REPORT, words=words)))))

    assert words in text


def test_what_looks_like_markup_is_shown_as_it_was_typed(school: School) -> None:
    typed = "{nb} **not bold** __not underlined__ <b>not</b> [no](link) \\n %s"

    assert typed in read(pdf(school, record(chronology(replace(REPORT, seen=typed)))))


def test_marks_that_turn_the_reading_direction_around_are_left_out() -> None:
    assert printable("a\u202eb\u2067c\u200fd\ufeffe\u00adf", range(0x110000)) == "abcdef"


def test_all_line_ends_are_line_ends_and_control_characters_are_boxes() -> None:
    assert printable("a\r\nb\rc\u2028d\x0be\tf\x00g\udbf6", range(0x110000)) == f"a\nb\nc\nd\ne    f{BOX}g{BOX}"


def test_nothing_that_was_typed_goes_into_the_log(school: School, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pdf(school, record(chronology(replace(REPORT, seen="我 🍆 \x00 secret", words="گھر نہیں"))))

    assert caplog.records == []


@given(text=ANYTHING | SCRIPTS, name=ANYTHING | SCRIPTS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_typed_the_files_can_be_opened(
    school: School, caplog: pytest.LogCaptureFixture, text: str, name: str
) -> None:
    report = replace(
        REPORT, seen=text, words=text, where=name, done=text, categories=(name,), link=text, pupils=(Pupil(name, text),)
    )
    event = Event(1300, FIRST, "referred", Actor("", name), Detail(text=text, who=name, reference=text, reason=text))
    one = record((*chronology(report, ("logged",)), event))

    assert len(opened(concern_pdf(replace(school, name=name), [one], text, name, NOW)).pages) >= 1
    assert len(rows(concern_csv(school, [one]))) == 2
    assert caplog.records == []


# --- the table


def test_the_table_has_a_row_for_every_line_in_the_form_that_spreadsheets_expect(school: School) -> None:
    content = concern_csv(school, [record(), record(number="B1B1-B1B1")])
    table = rows(content)

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 1 + 2 * len(chronology())
    assert [(row["Concern"], row["Number"]) for row in table] == [
        (number, str(event.number)) for number in (NUMBER, "B1B1-B1B1") for event in chronology()
    ]


def test_a_row_says_when_who_and_what(school: School) -> None:
    for row, event in zip(rows(concern_csv(school, [record()])), chronology(), strict=True):
        assert row["Date"] == "2026-11-23"
        assert row["Time"] == f"{event.at:%H:%M:%S}"
        assert row["Who"] == event.by.name
        assert row["Kind"] == EVENT_WORDS[event.kind]
        assert row["What"] == sentence(event)
        assert (row["Text"], row["Reason"]) == (event.detail.text, event.detail.reason)
        assert (row["To whom"], row["Reference"]) == (event.detail.who, event.detail.reference)


def test_the_row_of_logging_holds_the_whole_report_and_the_others_none_of_it(school: School) -> None:
    logged, *others = rows(concern_csv(school, [record()]))
    expected: dict[str, Any] = {
        "Immediate": "Yes",
        "Told in person": "Yes",
        "Pupils": "Jordan Ash, 8B; Zofia Wójcik, Year 9",
        "Adult": "Mr Carl Venn",
        "Role of the adult": "Sports coach",
        "The headteacher": "Yes",
        "Categories": "Physical harm; Conduct of an adult",
        "Happened on": "2026-11-20",
        "Happened at": "after lunch",
        "Where": "Sports hall",
        "Who was there": "Miss Pell",
        "Seen or heard": "A red mark on his left forearm.\nIn my opinion he was frightened.",
        "The child’s own words": "He grabbed me because I was slow.",
        "Done already": "I told Ms Bello.",
        "Link": "https://example.org/chat/8231",
        "Role of the reporter": "Teacher of history",
    }

    assert {name: logged[name] for name in expected} == expected
    assert {row[name] for row in others for name in expected} == {""}


def test_the_table_says_what_supersedes_what(school: School) -> None:
    table = {row["Kind"]: row for row in rows(concern_csv(school, [record()]))}

    assert table["Correction"]["Supersedes"] == "1208"
    assert table["Note"]["Superseded by"] == "1212"


def test_every_cell_is_quoted_so_that_none_begins_inside_another(school: School) -> None:
    content = concern_csv(school, [record(chronology(REPORT, ("logged",)))]).decode("utf-8-sig")
    content = content.replace("arm.\nIn", "arm. In")  # the one line break inside a cell
    for line in content.splitlines():
        assert line.startswith('"') and line.endswith('"')
        assert '","'.join(line[1:-1].split('","')) == line[1:-1]


@pytest.mark.parametrize("mark", [";", "; ", "\t", "|", "\n", '";"', "\r\n"])
@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_part_of_a_cell_can_act_as_a_formula_where_cells_are_parted_otherwise(
    school: School, mark: str, begins: str
) -> None:
    report = replace(REPORT, seen=f"x{mark}{begins}", where=f"x{mark}{begins}")
    content = concern_csv(school, [record(chronology(report, ("logged",)))]).decode("utf-8-sig")
    parts = [part.strip(' "') for part in re.split(r"[;|\t\r\n]", content)]
    assert [part for part in parts if part.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(
    "typed", ["=1+1", " =1+1", "+44 20", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")']
)
def test_no_cell_can_act_as_a_formula(school: School, typed: str) -> None:
    report = replace(REPORT, seen=typed, pupils=(Pupil(typed, ""),))
    logged, note = rows(concern_csv(school, [record((*chronology(report, ("logged",)), *notes(typed, 1)[1:]))]))

    assert (logged["Seen or heard"], logged["Pupils"], note["Text"]) == (f"'{typed}",) * 3
