"""A subject access request: two people, what the reader may read, and names of others for a person to look at."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest

from adapters.console.subject_access import subject_lines
from bot.concerns import Account, Answers, Reporter
from bot.concerns.naming.marking import has_name
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.casework import Casework
from bot.service.casework.subject_access import SubjectAccess, SubjectRequests
from bot.store import Store
from tests.conftest import NOW

TESS = Reporter("Tess Teacher", "teacher", None, Account("email", "t.teacher@fernbank.example"))
ABOUT_ZED: Answers = {
    "danger": ("no",), "told": ("yes",), "about": ("pupil",), "pupils": ("Zed Test, 7B\nRuby Stone, 7C",),
    "seen": ("Zed had a bruise. Ruby said that Max did it, and ruby stone cried.",), "words": ("It was Max",),
    "present": ("Max Reed and Mrs Hale",),
}  # fmt: skip
ABOUT_ANN: Answers = {
    "danger": ("no",), "told": ("yes",), "about": ("pupil",), "pupils": ("Ann Lark, 8A",),
    "seen": ("She was out with Zed Test.",),
}  # fmt: skip
ABOUT_AN_ADULT: Answers = {
    "danger": ("no",), "told": ("yes",), "about": ("adult",), "adult_name": ("Joe Marsh",), "adult_role": ("coach",),
    "seen": ("He shouted at Zed Test.",),
}  # fmt: skip
ABOUT_THE_DEPUTY: Answers = {**ABOUT_ZED, "about": ("pupil", "adult"), "adult": ("deputy-1",)}
MAY_BE_MORE = "There may be more that you may not read, or there may not: AskFirst does not say. Ask Mrs Ruth Calder"


class Desk:
    """One school at which concerns are logged and asked for."""

    def __init__(self, school: School, store: Store) -> None:
        self.school, self.store = school, store
        self.casework = Casework(lambda: school, store)
        self.requests = SubjectRequests(school, store, self.casework)

    def log(self, *reports: Answers) -> list[str]:
        return [self.casework.log(f"key {each}", each, NOW, TESS).number for each in reports]

    def gather(self, name: str = "Zed Test", by: str = "dsl", second: str = "deputy-1") -> SubjectAccess:
        return self.requests.gather(name, by, second, "the terminal (account root)", NOW)

    def shown(self, name: str = "Zed Test", by: str = "dsl", second: str = "deputy-1") -> str:
        return "\n".join(subject_lines(self.gather(name, by, second), self.school))


@pytest.fixture
def desk(school: School, store: Store) -> Desk:
    return Desk(school, store)


def test_what_is_under_a_name_is_gathered_with_the_names_of_others_marked(desk: Desk) -> None:
    first, other = desk.log(ABOUT_ZED, ABOUT_ANN)
    shown = desk.shown()
    assert "1 concern is recorded under this name." in shown and f"Concern {first}: " in shown
    assert "Pupil: Zed Test, 7B; Pupil: [THIRD PARTY: Ruby Stone, 7C: look before you give this out]" in shown
    assert "Logged by: [THIRD PARTY: Tess Teacher, teacher: look before you give this out]" in shown
    assert "Who was there: [THIRD PARTY: Max Reed and Mrs Hale: look before you give this out]" in shown
    assert "[THIRD PARTY: Ruby: look before you give this out] said that [THIRD PARTY: Max:" in shown
    assert "[THIRD PARTY: ruby stone: look before you give this out] cried." in shown
    unmarked = re.sub(r"\[THIRD PARTY: [^\]]*\]", "", shown)
    assert not re.search(r"ruby|stone|max|reed|hale|tess", unmarked, re.IGNORECASE)
    assert "Zed had a bruise." in unmarked
    assert f"recorded under another: {other}. They are not in this text." in shown and "She was out" not in shown


@pytest.mark.parametrize("name", ["Zed Test", "Miss Zed Test", "prof. zéd  test"])
def test_where_the_name_only_stands_is_found_whatever_title_it_is_asked_for_with(desk: Desk, name: str) -> None:
    numbers = desk.log(ABOUT_ANN, {**ABOUT_ANN, "seen": ("It was Zéd\nTest.",)})
    assert sorted(desk.gather(name).named_in) == sorted(numbers)


def test_an_adult_finds_what_is_about_them_and_the_child_in_it_is_somebody_else(desk: Desk) -> None:
    both: Answers = {**ABOUT_ZED, **ABOUT_AN_ADULT, "about": ("adult", "pupil")}
    (number,) = desk.log(both)
    shown = desk.shown("Mr Joe Marsh", "head", "dsl")
    assert f"Concern {number}: " in shown and "Adult at the school: Joe Marsh, coach" in shown
    assert "He shouted at [THIRD PARTY: Zed Test: look before you give this out]." in shown


def test_the_head_finds_what_is_about_them_though_no_report_names_them(desk: Desk) -> None:
    (number,) = desk.log({**ABOUT_ZED, "about": ("pupil", "head"), "seen": ("Mrs Calder shouted at Zed.",)})
    by_chair = desk.shown("Ruth Calder", "chair", "deputy-1")
    assert f"Concern {number}: " in by_chair and "The headteacher" in by_chair and "Mrs Calder shouted" in by_chair
    for_zed = desk.shown("Zed Test", "chair", "deputy-1")
    assert "Adult at the school: [THIRD PARTY: the headteacher: look before you give this out]" in for_zed
    assert "Mrs [THIRD PARTY: Calder: look before you give this out] shouted at Zed." in for_zed


def test_whoever_logged_what_is_about_themselves_is_no_third_party(desk: Desk) -> None:
    own = Reporter("Joe Marsh", "coach", None, None, "typed")
    desk.casework.log("key", ABOUT_AN_ADULT, NOW, own)
    assert "Logged by: Joe Marsh, coach" in desk.shown("Joe Marsh", "head", "dsl")


def test_a_child_s_file_leads_to_what_was_put_into_it(desk: Desk) -> None:
    (number,) = desk.log(ABOUT_ANN)
    dsl = desk.casework.reader("dsl")
    assert dsl
    desk.casework.file_under(dsl, number, "", "Annie Larkin, 8A", NOW)
    assert [record.number for record in desk.gather("annie larkin").records] == [number]


def test_what_was_written_later_is_marked_too_and_staff_keep_their_names(desk: Desk) -> None:
    (number,) = desk.log(ABOUT_ZED)
    dsl = desk.casework.reader("dsl")
    assert dsl
    desk.casework.decide(dsl, number, "Speak to Ruby", "Max Reed said sorry", NOW)
    shown = desk.shown()
    assert "Ms Amara Bello: Decision\n     Speak to [THIRD PARTY: Ruby: look before you give this out]" in shown
    assert "     [THIRD PARTY: Max Reed: look before you give this out] said sorry" in shown


def test_the_names_of_others_are_marked_however_they_are_typed(desk: Desk) -> None:
    desk.log(
        {**ABOUT_ZED, "pupils": ("Zed Test, 7B\nZo\u00e9 O'Brien, 7C",), "seen": ("zoe\u0301 hit him, O’Brien ran.",)}
    )
    shown = desk.shown()
    assert "[THIRD PARTY: zo\u00e9: look before you give this out] hit him" in shown
    assert "[THIRD PARTY: O’Brien: look before you give this out] ran." in shown


@pytest.mark.parametrize(
    ("name", "seen", "marked"),
    [
        ("Zoé Marsh", "Zoe ran, MARSH too.", ["Zoe", "MARSH"]),
        ("Zoe Marsh", "zoe\u0301 ran with Zoël.", ["zo\u00e9"]),
        ("Łukasz O’Brien", "lukasz obrien ran. Æthel saw O´Brien.", ["lukasz obrien", "O´Brien"]),
        ("Prof Joe Marsh", "A Prof saw joe marsh.", ["joe marsh"]),
        ("Miss", "I miss Miss.", []),
        ("’ ’ Ruby", "She and Ruby.", ["Ruby"]),
    ],
)
def test_the_same_rules_say_which_name_is_marked(desk: Desk, name: str, seen: str, marked: list[str]) -> None:
    desk.log({**ABOUT_ZED, "pupils": (f"Zed Test, 7B\n{name}, 7C",), "seen": (seen,), "words": ()})
    shown = desk.shown().partition("Seen or heard:")[2].partition("\n")[0]
    assert re.findall(r"\[THIRD PARTY: ([^:]*):", shown) == marked
    assert re.sub(r"\[THIRD PARTY: ([^:]*): [^]]*\]", r"\1", shown).strip() == unicodedata.normalize("NFC", seen)


def test_what_the_reader_may_not_read_leaves_no_trace(desk: Desk) -> None:
    desk.log(ABOUT_ZED)
    without = desk.shown()
    hidden = desk.log(ABOUT_AN_ADULT, {**ABOUT_ZED, "about": ("pupil", "head")})
    with_more = desk.shown()
    assert not [number for number in hidden if number in with_more] and "shouted" not in with_more
    assert with_more.startswith(without), "the same, but for the reading that is recorded"
    assert MAY_BE_MORE in without and MAY_BE_MORE in with_more


def test_nothing_that_is_about_the_second_person_is_brought_before_them(desk: Desk) -> None:
    (number,) = desk.log(ABOUT_THE_DEPUTY)
    assert number not in desk.shown(by="head", second="deputy-1")
    assert number in desk.shown(by="head", second="deputy-2")


def test_what_is_about_the_one_who_asks_shows_in_nothing(desk: Desk) -> None:
    named = "Pryce"  # a surname, so that it is not refused for being their own name
    before = desk.shown(named, "deputy-1", "dsl")
    desk.log({**ABOUT_ZED, "about": ("adult",), "adult": ("deputy-1",), "pupils": ()})
    assert desk.shown(named, "deputy-1", "dsl") == before
    assert "Nothing is recorded under this name that Mr Owen Pryce may read." in before and MAY_BE_MORE in before


def test_the_log_says_who_with_whom_how_many_and_not_the_name(desk: Desk) -> None:
    (number,) = desk.log(ABOUT_ZED)
    desk.gather()
    desk.gather("Nobody Known")
    lines = desk.store.audit(desk.school.id).lines()
    assert [(line.concern, line.kind, line.by.person) for line in lines[1:]] == [
        ("", "subject-access", "dsl"), (number, "exported", "dsl"), (number, "opened", "dsl"),
        ("", "subject-access", "dsl"),
    ]  # fmt: skip
    assert lines[1].remark == "1 concern, with deputy-1, the terminal (account root)"
    assert lines[4].remark == "0 concerns, with deputy-1, the terminal (account root)"
    assert desk.store.audit(desk.school.id).verify(NOW) == ()


@pytest.mark.parametrize(
    ("name", "by", "second", "says"),
    [
        ("Zed Test", "dsl", "dsl", "it takes two people"),
        ("Zed Test", "dsl", "office", "The school office holds no part that reads concerns. Name somebody who does: "),
        ("Zed Test", "online", "dsl", "holds no part that reads concerns"),
        ("Zed Test", "nobody", "dsl", "there is no 'nobody' in school.yaml. Those who read concerns: dsl, "),
        ("Amara Bello", "dsl", "head", "nobody gathers what may be recorded about themselves"),
        ("Ruth Calder", "dsl", "head", "Ask Mr Tomasz Zielinski (Chair of governors)."),
        ("Mrs", "dsl", "head", "give the name under which it is recorded"),
        (" ", "dsl", "head", "give the name under which it is recorded"),
    ],
)
def test_whoever_may_not_is_refused_and_nothing_is_looked_at(
    desk: Desk, name: str, by: str, second: str, says: str
) -> None:
    with pytest.raises(AskFirstError, match=re.escape(says)):
        desk.gather(name, by, second)
    assert desk.store.audit(desk.school.id).lines() == ()


def test_a_second_person_of_the_same_name_is_nobody_else(desk: Desk) -> None:
    twin = replace(desk.school.people["deputy-1"], name="Mrs Amara Bello")
    school = replace(desk.school, people={**desk.school.people, "deputy-1": twin})
    requests = SubjectRequests(school, desk.store, Casework(lambda: school, desk.store))
    with pytest.raises(AskFirstError, match="it takes two people"):
        requests.people("dsl", "deputy-1", NOW)
    assert [each.id for each in requests.people("dsl", "head", NOW)] == ["dsl", "head"]


@pytest.mark.parametrize(
    ("text", "name", "is_there"),
    [
        ("Zed Test", "zed  test", True),
        ("Zed Test of 7B", "Zed Test", True),
        ("Ms Amara Bello", "Amara Bello", True),
        ("Amara Bello", "Mrs Amara Bello", True),
        ("Sean O’Brien", "sean o'brien", True),
        ("Zo\u00e9 Marsh", "Zoe\u0301 Marsh", True),
        ("Zoe Marsh", "Zo\u00e9 Marsh", True),
        ("Łukasz Marsh", "Lukasz Marsh", True),
        ("Prof Amara Bello", "Rev. Amara Bello", True),
        ("Seán OBrien", "Madam Sean O`Brien", True),
        ("Zed Tester", "Zed Test", False),
        ("Zed Anne Test", "Zed Test", False),
        ("Zed Test", "Mr", False),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, name: str, is_there: bool) -> None:
    assert has_name(text, name) is is_there
