"""What people type into the files stays as they typed it, and a slip is named with its line and what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.command.main import run_verb
from adapters.command.reading_once import NOT_LOOKED_AT
from bot.knowledge import Fault, KnowledgeError, School, load
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.files.syntax import decoded, explained
from bot.knowledge.schools.contacts import wrong_email, wrong_phone
from bot.knowledge.schools.reading import read_school
from tests.make_base import small_base

SCHOOL = (small_base() / "school.yaml").read_text(encoding="utf-8")
PHONE, NAME = "phone: 020 7946 0101", "name: Ms Amara Bello"
Files = Callable[..., Path]


def school_of(old: str = "", new: str = "") -> tuple[School, list[Fault]]:
    """The school of the files with one text replaced, and the faults in it."""
    assert old in SCHOOL
    faults = Faults()
    data, _ = parse(SCHOOL.replace(old, new, 1) if old else SCHOOL)
    return read_school(YamlFields(faults, "school.yaml", "", data), faults), faults.found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A copy of the small base with the bytes of some files replaced."""

    def make(**replaced: bytes) -> Path:
        folder = tmp_path / "base"
        shutil.copytree(small_base(), folder, dirs_exist_ok=True)
        for name, content in replaced.items():
            (folder / f"{name}.yaml").write_bytes(content)
        return folder

    return make


def refused(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value.faults


# --- nothing is guessed


@pytest.mark.parametrize("typed", [
    "01632960101", "01204560701", "+447700900123", "07700900123", "0016329601012", "01632 960 101", "(01632) 960101",
    "+44 (0)1632 960101", "01632 960101 ext 12", "999", "116 123", "101", "020-7946-0101",
])  # fmt: skip
def test_a_telephone_number_is_read_as_it_is_typed(typed: str) -> None:
    school, faults = school_of(PHONE, f"phone: {typed}")
    assert (school.people["dsl"].phone, faults) == (typed, [])


@pytest.mark.parametrize(
    "typed", ["No", "on", "Yes", "null", "1e5", "0x1F", "2027-09-01", "12:30", ".5", "TRUE", "0o7"]
)
def test_a_name_is_read_as_it_is_typed(typed: str) -> None:
    school, faults = school_of(NAME, f"name: {typed}")
    assert (school.people["dsl"].name, faults) == (typed, [])


@pytest.mark.parametrize(
    ("typed", "read"), [("12:30", (12, 30)), ("9:05", (9, 5)), ("08.15", (8, 15)), ('"10:00"', (10, 0))]
)
def test_a_time_is_read_as_it_is_typed(typed: str, read: tuple[int, int]) -> None:
    school, faults = school_of("until: 12:00", f"until: {typed}")
    assert (school.tips.until, faults) == (dt.time(*read), [])


plain = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda text: text[0] not in "-?:,[]{}#&*!|>'\"%@`\u201c\u2018\ufeff" and not set(",[]{}:#") & set(text)
)


@given(plain | st.text("0123456789+.e_x", min_size=1, max_size=12) | st.times().map(str))
def test_whatever_is_typed_for_a_phone_a_name_or_a_time_comes_back_as_it_was_typed(typed: str) -> None:
    data, _ = (
        parse(f"{{phone: {typed}, name: {typed}}}\n") if ":" not in typed else parse(f"phone: {typed}\nname: {typed}\n")
    )
    fields = YamlFields(Faults(), "school.yaml", "", data)
    assert [fields.text("phone"), fields.text("name")] == [typed, typed]


def test_the_shipped_school_leaves_its_numbers_unquoted() -> None:
    assert "phone: 0" in SCHOOL
    assert 'phone: "' not in SCHOOL
    assert "time: 08:10" in SCHOOL


@pytest.mark.parametrize(
    ("typed", "asked"), [("false", False), ("no", False), ("Off", False), ("true", True), ("yes", True)]
)
def test_true_and_false_are_read_only_where_a_field_asks_for_them(typed: str, asked: bool) -> None:
    data, _ = parse(f"asked: {typed}\n")
    fields = YamlFields(Faults(), "policies/kent.yaml", "kent-01", data)
    assert (fields.flag("asked", missing=True), fields.text("asked")) == (asked, typed)


# --- what cannot be meant


@pytest.mark.parametrize(("old", "new", "field", "said"), [
    (PHONE, "phone: 020 7946 01", "people > dsl > phone", "too few digits"),
    (PHONE, "phone: 020 7946 01011", "people > dsl > phone", "too many digits (12"),
    (PHONE, "phone: 2079460101", "people > dsl > phone", "neither 0 nor +"),
    (PHONE, "phone: +44 7700 90012", "people > dsl > phone", ""),
    (PHONE, "phone: ask the office", "people > dsl > phone", "holds no number"),
    (PHONE, "phone: \u201c01632 960101\u201d", "people > dsl > phone", "curly quotes"),
    (PHONE, "phone: O1632 960101", "people > dsl > phone", "no digit"),
    ("a.bello@fern", "a bello@fern", "people > dsl > email", "has a space"),
    ("a.bello@fern", "a.bello.fern", "people > dsl > email", "has no @"),
    ("a.bello@fern", "a@bello@fern", "people > dsl > email", "more than one @"),
    ("a.bello@fernbank.example", "a.bello@fernbank", "people > dsl > email", "is not an e-mail address"),
    ("first: 2027-01-05", "first: 2037-01-05", "terms > last", "before it starts"),
    ("first: 2027-01-05, last: 2027-02-12", "first: 2037-01-05, last: 2037-02-12", "terms > first", "starts in 2037"),
    ("last: 2026-12-18", "last: 2027-12-18", "terms > last", "lasts 412 days"),
    ("first: 2027-01-05, last: 2027-02-12", "first: 2026-01-05, last: 2026-02-12", "terms > first", "lasts 201 days"),
    ("last: 2026-10-23", "last: 2026-8-23", "terms > last", "before it starts"),
    ("first: 2026-09-02", "first: 02/09/2026", "terms > first", "'02/09/2026' is not a date"),
    ("inset_days: [2026-09-01", "inset_days: [2036-09-01", "inset_days", "more than a year away"),
    ("closed_days: []", "closed_days: [2026-02-30]", "closed_days", "'2026-02-30' is not a date"),
    ("until: 12:00", "until: noon", "tips > until", "'noon' is not a time"),
])  # fmt: skip
def test_what_cannot_be_meant_is_named_with_its_line_and_what_to_do(old: str, new: str, field: str, said: str) -> None:
    _, faults = school_of(old, new)
    line = SCHOOL[: SCHOOL.index(old)].count("\n") + 1
    if not said:  # nine digits and the 0 are a number that there is
        assert faults == []
        return
    found = [
        fault for fault in faults if f"{fault.entry} > {fault.field}".strip(" >") == field and said in fault.problem
    ]
    assert found, list(map(str, faults))
    assert found[0].remedy
    assert abs(found[0].line - line) <= ("lasts 201" in said) * 20


def test_a_day_month_and_year_are_turned_round_for_whoever_typed_them() -> None:
    _, faults = school_of("first: 2026-09-02", "first: 2/9/26")
    assert "Write the year first: 2026-09-02" in str(faults[0])


def test_a_key_that_stands_twice_is_a_fault(files: Files) -> None:
    twice = SCHOOL.replace("roles: ", "tips: {channels: [web]}\nroles: ", 1).replace(PHONE, f"{PHONE}, {PHONE}", 1)
    said = list(map(str, refused(files(school=twice.encode()))))
    assert any("people > dsl > phone: stands twice, on line 9, and" in each for each in said), said
    assert any("school.yaml > tips: stands twice" in each and "Keep the right one" in each for each in said), said


@pytest.mark.parametrize("typed", ["a.bello@fernbank.example", "o'neil+dsl@st-marys.school.example", "x@y.example"])
def test_an_address_that_is_one_is_taken(typed: str) -> None:
    assert wrong_email(typed) == ""


@given(st.text(max_size=40))
def test_whatever_is_typed_for_a_number_or_an_address_is_judged(typed: str) -> None:
    assert isinstance(wrong_phone(typed) + wrong_email(typed), str)


# --- what cannot be read

SLIPS = {
    "a tab": ("a:\n  - id: x\n\ttitle: y\n", 3, "starts with a tab"),
    "a tab before a dash": ("entries:\n\t- id: x\n", 2, "starts with a tab"),
    "a colon": ("a:\n  title: Can I: add\n", 2, "a colon in a sentence"),
    "a colon in an item": ("a:\n  - id: x\n    text: Remember: do not\n", 3, "a colon in a sentence"),
    "a curly quote": ("a:\n  title: \u201cCan I: add\u201d\n", 2, "a curly quote"),
    "a curly quote that closes": ('a:\n  title: "Can I add\u201d\n  b: "c"\n  d: e\n', 2, "a curly quote"),
    "no quote at the end": ('a:\n  title: "Can I add\n  b: c\n', 2, "never closed"),
    "no quote among quotes": ('a:\n  - "Can I\n  - "Foo"\n  - "Bar"\n', 2, "a quote is missing"),
    "a quote in quotes": ('a:\n  title: "He said "no" to me"\n', 2, "a quote inside the text"),
    "an apostrophe": ("a:\n  title: 'Don't do it'\n  b: c\n", 2, "an apostrophe"),
    "too far right": ("a:\n  title: x\n    verdict: no\n", 3, "further to the right"),
    "one space too many": ('a:\n  - id: "x"\n     title: y\n', 3, "spaces at the start"),
    "one space too few": ("a:\n  - id: x\n - id: y\n", 3, "spaces at the start"),
    "a bracket": ("a: [x, y\nb: c\n", 1, "a bracket is opened"),
    "a colon in brackets": ("p: {name: Ms A: B, phone: 1}\n", 1, "between brackets"),
    "an at": ("a: @home\n", 1, "must not start with @"),
    "a star": ("a: *x\n", 1, "must not start with *"),
    "a greater than": ("a: > text\n", 1, "must not start with >"),
    "an exclamation": ("a: !important\n", 1, "must not start with !"),
    "no space": ("a:b\nc: d\n", 1, "no space after the colon"),
    "no colon": ("a: b\nc d\ne: f\n", 2, "no 'field: value'"),
    "two documents": ("a: b\n---\nc: d\n", 2, "a second document"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_syntax_fault_says_what_it_most_likely_is_and_where(files: Files, slip: str) -> None:
    text, line, said = SLIPS[slip]
    (fault,) = refused(files(lexicon=text.encode()))
    assert (fault.file, fault.line) == ("lexicon.yaml", line), str(fault)
    assert said in fault.problem
    assert text.splitlines()[line - 1].strip()[:20] in fault.problem
    assert fault.remedy


def test_a_file_that_cannot_be_read_is_reported_alone_and_not_what_follows_from_it(files: Files) -> None:
    folder = files()
    path = folder / "entries" / "culture.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    title: ", "\ttitle: ", 1), encoding="utf-8")
    (fault,) = refused(folder)
    assert str(fault).startswith("entries/culture.yaml > line ")
    assert "starts with a tab" in str(fault)


def test_a_letter_that_is_not_utf_8_is_named_with_its_line(files: Files) -> None:
    content = SCHOOL.replace("Ms Amara Bello", "Ms Ren\u00e9e Bello").encode("cp1252")
    (fault,) = refused(files(school=content))
    assert fault.line == SCHOOL[: SCHOOL.index("Ms Amara")].count("\n") + 1
    assert "UTF-8" in fault.problem
    assert "dsl: {name: Ms Ren\u00e9e" in fault.problem


@pytest.mark.parametrize("coded", ["utf-8-sig", "utf-16"])
def test_what_windows_saves_is_read(files: Files, coded: str) -> None:
    assert load(files(school=SCHOOL.replace("\n", "\r\n").encode(coded))).school.name == "Fernbank Academy"


@given(st.text(st.sampled_from("ab:- \n\t\"'[]{}#&*!|>%@`\u201c0~,?"), max_size=60))
def test_whatever_is_typed_is_read_or_explained(text: str) -> None:
    try:
        parse(decoded(text.encode()))
    except (yaml.YAMLError, RecursionError) as error:
        fault = explained(text, error)
        assert fault.line >= 0
        assert fault.problem
        assert fault.remedy


def test_the_doctor_says_once_what_is_wrong_with_the_files(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = files(school=SCHOOL.replace(NAME, f"{NAME}, {NAME}", 1).encode())
    for name, value in {"DATA": str(tmp_path / "data"), "MODEL": "none", "KNOWLEDGE": str(folder)}.items():
        monkeypatch.setenv(f"ASKFIRST_{name}", value)
    assert run_verb(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("stands twice") == 1
    assert f"FAULT  alerts: {NOT_LOOKED_AT}" in shown
