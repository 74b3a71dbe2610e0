"""What is wrong with handovers.yaml, and with the hours of a line, is said with its place and its remedy."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.hours import line_open
from bot.knowledge import KnowledgeError, School, load
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.lines import read_line_hours
from tests.make_base import small_base


def faults_of(folder: Path, file: str, old: str, new: str) -> str:
    shutil.copytree(small_base(), folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "- Do not leave the child alone.",
            "- The child alone.",
            "handovers > danger > dont: 'The child alone.' can be",
        ),
        (
            "- Do not promise to keep it secret.\n      - Do not ask",
            "- Do not promise it. Leave the device.\n      - Do not ask",
            "'Do not promise it. Leave the device.' can be misread",
        ),
        ("- Keep other pupils away.", "- Do not let pupils near.", "says what not to do. Put it under dont"),
        ("first: Call 999 now, and shout", "first: No, call 999 and shout", "begins with Yes or No"),
        ("Tell the {dsl} now, in person", "Tell the {nurse} now, in person", "'{nurse}' stands for nothing"),
        ("whom: [first-aid, emergency-contact, office, head]", "whom: [matron]", "there is no role 'matron'"),
        ("  fire:\n", "  fires:\n", "handovers > fire: is missing"),
    ],
)
def test_a_line_that_can_be_misread_is_a_fault(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in faults_of(tmp_path / "base", "handovers.yaml", old, new)


def test_a_base_without_the_file_says_so(tmp_path: Path) -> None:
    shutil.copytree(small_base(), tmp_path / "base")
    (tmp_path / "base" / "handovers.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"handovers\.yaml: the file is missing"):
        load(tmp_path / "base")


@pytest.mark.parametrize(
    ("hours", "open_at", "shut_at"),
    [
        ("always", "2026-11-28T03:00", None),
        ("Mon-Fri 08:30-17:00", "2026-11-23T08:30", "2026-11-23T17:00"),
        ("Mon-Fri 08:30-17:00", "2026-11-23T16:59", "2026-11-28T10:00"),
        ("Mon-Fri 08:00-20:00, Sat 10:00-12:00", "2026-11-28T11:00", "2026-11-28T12:00"),
        ("outside Mon-Fri 08:30-17:00", "2026-11-23T17:00", "2026-11-23T10:00"),
        ("outside Mon-Fri 08:30-17:00", "2026-12-25T10:00", "2026-11-23T16:59"),
        ("Mon-Fri 08:30-17:00", "2026-12-24T10:00", "2026-12-25T10:00"),
        ("daily 08:00-22:00", "2026-12-25T10:00", "2026-12-25T07:59"),
        ("Mon-Fri 08:30-17:00", "2026-07-06T08:30", "2026-07-06T08:29"),
    ],
)
def test_a_line_is_open_as_it_says(hours: str, open_at: str, shut_at: str | None, school: School) -> None:
    line = read_line_hours(YamlFields(Faults(), "school.yaml", "", {"hours": hours}), "hours")
    assert line is not None
    zone = school.opening.zone
    assert line_open(school, line, dt.datetime.fromisoformat(open_at).replace(tzinfo=zone))
    if shut_at:
        assert not line_open(school, line, dt.datetime.fromisoformat(shut_at).replace(tzinfo=zone))


@pytest.mark.parametrize(
    "hours", ["Mon-Fri", "08:30-17:00", "Mon-Fri 17:00-08:30", "Mon-Fri 25:00-26:00", "Feb 08:00-09:00"]
)
def test_hours_that_cannot_be_read_are_a_fault(hours: str) -> None:
    faults = Faults()
    assert read_line_hours(YamlFields(faults, "school.yaml", "", {"hours": hours}), "hours") is None
    assert [fault.field for fault in faults.found] == ["hours"]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("concerns: {elsewhere: CPOMS}\ncategories:", "concerns > link: is missing"),
        ('concerns: {elsewhere: CPOMS, link: "cpoms.net"}\ncategories:', "is not an https address"),
    ],
)
def test_elsewhere_must_say_where(tmp_path: Path, new: str, said: str) -> None:
    assert said in faults_of(tmp_path / "base", "school.yaml", "categories:", new)


def test_elsewhere_is_read_with_its_numbers(tmp_path: Path) -> None:
    shutil.copytree(small_base(), tmp_path / "base")
    path = tmp_path / "base" / "school.yaml"
    line = 'concerns: {elsewhere: CPOMS, link: "https://c.example", numbers: {If it is down: 020 7946 0199}}\n'
    path.write_text(line + path.read_text(encoding="utf-8"), encoding="utf-8")
    place = load(tmp_path / "base").school.elsewhere
    assert place and (place.name, place.link) == ("CPOMS", "https://c.example")
    assert [(each.name, each.phone) for each in place.numbers] == [("If it is down", "020 7946 0199")]


def test_a_school_without_a_lado_needs_social_care_instead(tmp_path: Path) -> None:
    shutil.copytree(small_base(), tmp_path / "base")
    path = tmp_path / "base" / "school.yaml"
    text = path.read_text(encoding="utf-8").replace("nation: England ", "nation: Scotland ", 1)
    path.write_text(text.replace("  lado: [lado]\n", "", 1), encoding="utf-8")
    assert [who.id for who in load(tmp_path / "base").school.holders("lado")] == ["social-care"]
    path.write_text(text.replace("  social-care: [social-care]\n", "", 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="social-care"):
        load(tmp_path / "base")


def test_a_number_of_another_nation_is_nobodys(school: School) -> None:
    lado = replace(school.people["lado"], nations=("England",))
    there = replace(school, people={**school.people, "lado": lado})
    assert there.holders("lado") == (lado,)
    assert replace(there, nation="Wales").holders("lado") == ()
