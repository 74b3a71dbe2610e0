"""A department wants Twitter: what it must say, who decides, what the register says, and how it ends."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.delivering.account_reviews import AccountReminder
from bot.accounts.forbidden import ForbiddenError
from bot.accounts.form import RISKS
from bot.accounts.model import AGREED
from bot.accounts.parts import leaders, who_decides
from bot.accounts.words import decisions_of
from bot.concerns import Account, IncompleteError, Reporter
from bot.knowledge import Knowledge, KnowledgeError, load
from bot.service.accounts import AccountDesk, NotInRegisterError
from bot.service.letters import letter_for
from bot.store import Store, VaultError
from tests.accounts.asking import (
    ASKER,
    FORBIDDEN,
    HOLDER,
    LEADER,
    MANAGER,
    OTHER,
    REVIEW,
    agreed,
    asked,
    filled,
    in_use,
)
from tests.conftest import NOW, SCHOOL
from tests.make_base import small_base

YES, NO = {"decision": "yes", "reason": "A clear aim."}, {"decision": "no", "reason": "Use the website."}


@pytest.fixture
def desk(knowledge: Knowledge, store: Store) -> AccountDesk:
    return AccountDesk(lambda: knowledge, store)


def letters(knowledge: Knowledge, store: Store, now: dt.datetime = NOW) -> list[tuple[str, str]]:
    """Everything that waits in the outbox: to whom, and what it says. It counts as sent then."""
    found = []
    outbox = store.outbox([SCHOOL])
    while notices := outbox.claim(now):
        for each in notices:
            letter = letter_for(knowledge.school, each, "https://a.example", now)
            account = each.recipient.account
            found.append((each.recipient.person or (account.id if account else ""), f"{letter.subject}: {letter.text}"))
            outbox.sent(each)
    return sorted(found)


def test_the_whole_way_of_a_departments_twitter(knowledge: Knowledge, either: Store) -> None:
    desk = AccountDesk(lambda: knowledge, either)
    found = asked(desk)
    assert (found.state, [each.leads for each in found.holders]) == ("asked", [False, True, False])
    assert [act.id for act in desk.view(LEADER, found.number, NOW).acts] == []  # the manager decides first
    assert [act.id for act in desk.view(MANAGER, found.number, NOW).acts] == ["decide"]
    assert desk.view(LEADER, found.number, NOW).found.state == "manager"
    desk.act(MANAGER, found.number, "decide", YES, NOW)
    with pytest.raises(NotInRegisterError):
        desk.act(HOLDER, found.number, "live", {"address": "@x"}, NOW)  # the senior leaders have not agreed
    desk.act(LEADER, found.number, "decide", YES, NOW)
    desk.act(HOLDER, found.number, "live", {"address": "@x"}, NOW)
    assert [(each.found.state, each.whole) for each in desk.listed(OTHER, NOW)] == [("live", False)]
    due = dt.datetime.combine(REVIEW, dt.time(12), dt.UTC)
    assert desk.view(OTHER, found.number, due).found.state == "due"
    day = {"reason": "Followers checked.", "day": (REVIEW + dt.timedelta(days=300)).isoformat()}
    desk.act(MANAGER, found.number, "review", day, due)
    assert desk.view(OTHER, found.number, due).found.state == "live"
    kept = dict(decisions_of(knowledge.school, desk.view(LEADER, found.number, due).found))
    assert kept["Reviewed. Mrs Hina Qureshi, 1 June 2027"] == "Followers checked."
    desk.act(LEADER, found.number, "close", {"reason": "The department has a page now."}, due)
    assert desk.view(OTHER, found.number, due).found.state == "closed"
    kinds = [(each.kind, each.by.person) for each in either.register(SCHOOL).history()]
    assert [kind for kind in kinds if kind[0] != "account-read"] == [
        ("account-asked", "it-support"), ("account-decided", MANAGER), ("account-decided", LEADER),
        ("account-changed", HOLDER), ("account-changed", MANAGER), ("account-changed", LEADER),
    ]  # fmt: skip
    assert either.audit(SCHOOL).proof(due).faults == ()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_is_forbidden_is_said_with_its_screen_and_by_which_answer(
    what: str, desk: AccountDesk, knowledge: Knowledge
) -> None:
    changes, field, entry = FORBIDDEN[what]
    answers = filled(**changes)
    screen = next(each for each in desk.form().screens if field in {f.id for f in each.fields})
    with pytest.raises(ForbiddenError) as raised:
        desk.check(screen, answers, NOW)
    assert [each.entry for each in raised.value.found] == [entry]
    assert knowledge.entries[entry].badge in raised.value.problems[field]
    with pytest.raises(ForbiddenError):
        desk.ask("sent at once", answers, NOW, ASKER)
    assert desk.listed(LEADER, NOW) == ()


@pytest.mark.parametrize("nation", ["England", "Northern Ireland", "Scotland"])
def test_how_old_a_year_is_goes_by_the_nation(nation: str, knowledge: Knowledge, store: Store) -> None:
    school = replace(knowledge.school, nation=nation)
    desk = AccountDesk(lambda: replace(knowledge, school=school), store)
    screen = desk.form().screens[0]  # Year 9, from 13 on
    if nation == "England":
        desk.check(screen, filled(), NOW)
        return
    with pytest.raises(ForbiddenError, match="years"):
        desk.check(screen, filled(), NOW)
    desk.check(screen, filled(years=("year-10",)), NOW)


def test_each_field_that_is_left_out_is_asked_for(desk: AccountDesk) -> None:
    form = desk.form()
    for screen in form.screens:
        with pytest.raises(IncompleteError) as raised:
            desk.check(screen, {}, NOW)
        assert list(raised.value.problems) == [field.id for field in screen.fields if field.required]
        desk.check(screen, filled(), NOW)
    assert len(RISKS) >= 6
    assert {name for name, _, _ in RISKS} <= {field.id for field in form.fields if field.required}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age_limit": "thirteen"}, "age_limit"), ({"years": ()}, "years"), ({"pictures": "pupils"}, "consent"),
        ({"others": "Priya Shah"}, "others"), ({"review": NOW.date().isoformat()}, "review"),
        ({"review": "2028-01-01"}, "review"), ({"review": "soon"}, "review"), ({"manager": "nobody"}, "manager"),
        ({"manager": "it-support"}, "manager"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(
    desk: AccountDesk, changes: dict[str, str | tuple[str, ...]], field: str
) -> None:
    with pytest.raises(IncompleteError) as raised:
        asked(desk, NOW, **changes)
    assert list(raised.value.problems) == [field]


def test_an_age_that_is_no_number_is_asked_for_as_one(desk: AccountDesk) -> None:
    with pytest.raises(IncompleteError) as raised:
        asked(desk, NOW, age_limit="thirteen")
    assert raised.value.problems["age_limit"].startswith("Write a number")


def test_the_same_form_twice_is_one_request(desk: AccountDesk) -> None:
    assert asked(desk) == asked(desk)
    assert len(desk.listed(LEADER, NOW)) == 1


def test_who_hears_of_what(knowledge: Knowledge, store: Store, desk: AccountDesk) -> None:
    found = asked(desk)
    first = letters(knowledge, store)
    assert [person for person, _ in first] == [MANAGER, "it-support"]
    assert all(f"https://a.example/inbox/accounts/{found.number}" in text for _, text in first)
    desk.act(MANAGER, found.number, "decide", YES, NOW)
    told = letters(knowledge, store)
    assert [person for person, _ in told] == [*sorted(each.id for each in leaders(knowledge.school)), "it-support"]
    assert "A clear aim." in told[-1][1]
    desk.act(LEADER, found.number, "decide", NO, NOW)
    [(person, text)] = letters(knowledge, store)
    assert person == "it-support" and "refused" in text and "Use the website." in text
    assert desk.view("it-support", found.number, NOW).found.state == "refused"
    assert desk.view("it-support", found.number, NOW).acts == ()


def test_whoever_was_to_decide_hears_that_a_request_was_taken_back(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    waiting, agreed_once = asked(desk), asked(desk, name="Drama")
    desk.act(MANAGER, agreed_once.number, "decide", YES, NOW)
    letters(knowledge, store)
    desk.act("it-support", waiting.number, "close", {"reason": "Not needed."}, NOW)
    [(person, text)] = letters(knowledge, store)
    assert person == MANAGER and "taken back" in text
    desk.act("it-support", agreed_once.number, "close", {"reason": "Not needed."}, NOW)
    assert {person for person, _ in letters(knowledge, store)} == {"head", "deputy-1"}


def test_a_name_that_was_only_typed_is_told_to_the_manager_and_opens_nothing(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    you = {"you": ("it-support",)}
    found = desk.ask("typed", {**filled(), **you}, NOW)
    assert (found.asked_by.known_by, found.asked_by.checked) == ("typed", None)
    [(manager, told), (asker, _)] = letters(knowledge, store)
    assert (manager, asker) == (MANAGER, "j.asante@fernbank.example")
    assert "Nobody has checked that name" in told
    with pytest.raises(NotInRegisterError):
        desk.view("it-support", found.number, NOW)


def test_nobody_decides_about_their_own_or_twice_while_there_is_another(knowledge: Knowledge, store: Store) -> None:
    desk, school = AccountDesk(lambda: knowledge, store), knowledge.school
    own = Reporter("Mrs Ruth Calder", "Headteacher", "head", None, "teams")
    found = desk.ask("of the head", filled(manager="deputy-1"), NOW, own)
    desk.act("deputy-1", found.number, "decide", YES, NOW)
    kept = desk.view("deputy-1", found.number, NOW).found
    # The head asked, and the deputy has decided as manager: the deputy is the only senior leader left.
    assert [each.id for each in who_decides(school, kept)] == ["deputy-1"]
    alone = replace(school, roles={**school.roles, "slt": ()})
    assert [each.id for each in who_decides(alone, kept)] == ["chair"]
    with pytest.raises(NotInRegisterError):
        desk.act("head", found.number, "decide", YES, NOW)


def test_who_may_see_what(desk: AccountDesk) -> None:
    found = asked(desk)
    for person in ("it-support", MANAGER, LEADER, HOLDER, "dsl", "data-protection-lead"):
        assert desk.view(person, found.number, NOW).whole, person
    assert desk.listed(OTHER, NOW) == ()
    with pytest.raises(NotInRegisterError):
        desk.view(OTHER, found.number, NOW)
    live = in_use(desk, name="Drama")
    assert [(each.found.number, each.whole) for each in desk.listed(OTHER, NOW)] == [(live.number, False)]
    assert desk.view(OTHER, live.number, NOW).acts == ()


def test_a_review_that_falls_due_is_reminded_of_once_a_week(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    found = in_use(desk)
    letters(knowledge, store)
    due = dt.datetime.combine(REVIEW, dt.time(9), dt.UTC)
    assert desk.remind(due - dt.timedelta(days=1)) == 0
    assert desk.remind(due) == 1
    told = letters(knowledge, store, due)
    assert {person for person, _ in told} == {MANAGER, HOLDER, "head", "deputy-1"}
    assert all("due for review" in text for _, text in told)
    assert desk.remind(due + dt.timedelta(days=6)) == 0
    assert desk.remind(due + dt.timedelta(days=7)) == 1
    assert desk.counted(due).due == 1
    assert found.state in AGREED


def test_what_was_approved_and_never_said_to_be_in_use_is_reminded_of_too(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    agreed(desk)
    letters(knowledge, store)
    due = dt.datetime.combine(REVIEW, dt.time(9), dt.UTC)
    assert (desk.remind(due), desk.counted(due).due) == (1, 1)
    assert all("Nobody has said yet that it is in use" in text for _, text in letters(knowledge, store, due))
    live = in_use(desk, name="Drama")
    assert [each.waits for each in desk.listed(MANAGER, due) if each.found.number == live.number] == [True]


@pytest.mark.parametrize("how", ["gone", "marked as leaving", "somebody new in the same part", "said by a colleague"])
def test_a_holder_who_leaves_is_named_to_the_senior_leaders_until_it_is_handed_over(
    how: str, knowledge: Knowledge, store: Store
) -> None:
    school = knowledge.school
    desk = AccountDesk(lambda: knowledge, store)
    found = in_use(desk)
    letters(knowledge, store)
    left = school.people[HOLDER]
    changed = {
        "gone": {each: person for each, person in school.people.items() if each != HOLDER},
        "marked as leaving": {**school.people, HOLDER: replace(left, leaving=dt.date(2026, 12, 18))},
        "somebody new in the same part": {**school.people, HOLDER: replace(left, name="Ms Ife Adeyemi")},
        "said by a colleague": dict(school.people),
    }[how]
    roles = {role: tuple(each for each in people if each in changed) for role, people in school.roles.items()}
    now_so = replace(knowledge, school=replace(school, people=changed, roles=roles))
    desk = AccountDesk(lambda: now_so, store)
    if how == "said by a colleague":
        desk.act(MANAGER, found.number, "leaving", {"who": HOLDER}, NOW)
        assert all(f"{left.name} has a login and leaves" in text for _, text in letters(knowledge, store))
    assert [each.name for each in desk.view(LEADER, found.number, NOW).to_hand_over] == [left.name]
    assert desk.remind(NOW) == 1
    told = letters(now_so, store)
    assert {person for person, _ in told} == {"head", "deputy-1"}
    assert all(left.name in text for _, text in told)
    given = {"who": HOLDER, "to": "it-support", "changed": "no"}
    with pytest.raises(IncompleteError):
        desk.act(LEADER, found.number, "hand-over", given, NOW)
    desk.act(LEADER, found.number, "hand-over", {**given, "changed": "yes"}, NOW)
    seen = desk.view(LEADER, found.number, NOW)
    assert (seen.found.state, seen.to_hand_over) == ("handed-over", ())
    assert [each.name for each in seen.found.holders] == ["Mrs Ruth Calder", "Priya Shah", "Mr Joel Asante"]
    assert desk.remind(NOW + dt.timedelta(days=8)) == 0


def test_whoever_takes_a_login_over_looks_after_it_too_and_nobody_need_check_who_asked(desk: AccountDesk) -> None:
    typed = desk.ask(
        "form", filled(moderator="Ben Ferreira", cover="Priya Shah"), NOW, replace(ASKER, known_by="typed")
    )
    assert typed.is_claim
    for person in (MANAGER, LEADER):
        desk.act(person, typed.number, "decide", {"decision": "yes", "reason": "x"}, NOW)
    desk.act(LEADER, typed.number, "hand-over", {"who": HOLDER, "to": "it-support", "changed": "yes"}, NOW)
    found = desk.view(LEADER, typed.number, NOW).found
    assert found.asking.one("moderator") == "Mr Joel Asante (was: Mr Ben Ferreira)"
    assert (found.asking.one("cover"), found.is_claim) == ("Priya Shah", False)


def test_it_is_not_handed_over_to_nobody_or_so_that_no_senior_leader_is_left(desk: AccountDesk) -> None:
    found = in_use(desk)
    for given in ({"who": "head", "to": "it-support"}, {"who": "head"}):
        with pytest.raises(IncompleteError) as raised:
            desk.act(LEADER, found.number, "hand-over", {**given, "changed": "yes"}, NOW)
        assert list(raised.value.problems) == ["to"]


def test_nothing_of_a_request_lies_open_in_the_database(either: Store, database: str, knowledge: Knowledge) -> None:
    agreed(AccountDesk(lambda: knowledge, either))
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(sa.text("SELECT * FROM register"))]
        rows += [dict(row._mapping) for row in connection.execute(sa.text("SELECT * FROM notices"))]
    engine.dispose()
    whole = repr(rows)
    assert rows and not any(word in whole for word in ("Riskmarker", "Reasonmarker", "Twitter", "Priya", "Calder"))


def test_a_row_that_was_copied_elsewhere_is_not_believed(either: Store, database: str, knowledge: Knowledge) -> None:
    desk = AccountDesk(lambda: knowledge, either)
    good, bad = agreed(desk), asked(desk, name="Drama")
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        copied = "UPDATE register SET content = (SELECT content FROM register WHERE number = :a) WHERE number = :b"
        connection.execute(sa.text(copied), {"a": good.number, "b": bad.number})
    engine.dispose()
    with pytest.raises(VaultError, match=r"cannot be opened|key"):
        desk.view(LEADER, bad.number, NOW)


def test_an_asker_whom_nobody_can_write_to_is_no_hindrance(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    account = Reporter("Priya Shah", "Head of PE", None, None, "terminal")
    desk.ask("no way back", filled(), NOW, account)
    assert [person for person, _ in letters(knowledge, store)] == [MANAGER]


def test_an_asker_who_cannot_open_the_register_is_told_who_says_that_it_is_in_use(
    knowledge: Knowledge, store: Store, desk: AccountDesk
) -> None:
    asker = Reporter("Priya Shah", "Head of PE", None, Account("email", "p.shah@fernbank.example"), "typed")
    found = desk.ask("by a stranger", filled(), NOW, asker)
    for person in (MANAGER, LEADER):
        desk.act(person, found.number, "decide", YES, NOW)
    told = [text for to, text in letters(knowledge, store) if to == "p.shah@fernbank.example"]
    assert any("tell your line manager when it is in use" in text for text in told)
    assert told and not any("/inbox/" in text for text in told)
    desk.act(MANAGER, found.number, "live", {"address": "@fernbankPE"}, NOW)
    assert desk.view(MANAGER, found.number, NOW).found.state == "live"


async def test_reminders_are_written_by_day_and_the_figures_say_what_is_due(
    desk: AccountDesk, knowledge: Knowledge, store: Store
) -> None:
    in_use(desk)
    letters(knowledge, store)
    night, morning = (dt.datetime.combine(REVIEW, dt.time(hour), dt.UTC) for hour in (5, 9))
    await AccountReminder(desk, lambda: knowledge.school, lambda: night).remind()
    assert letters(knowledge, store, night) == []
    await AccountReminder(desk, lambda: knowledge.school, lambda: morning).remind()
    assert len(letters(knowledge, store, morning)) == 4
    asked(desk, name="Drama")
    counted = desk.counted(morning)
    assert (counted.agreed, counted.waiting, counted.due) == (1, 1, 1)


def test_a_leaver_is_read_from_the_file_and_a_wrong_day_or_name_is_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(small_base(), folder)
    file = folder / "school.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("email: b.ferreira@fernbank.example}", "leaving: 2027-07-21}"), "utf-8")
    assert load(folder).school.people["online"].leaving == dt.date(2027, 7, 21)
    changed = text.replace("email: b.ferreira@fernbank.example}", "leaving: soon}")
    file.write_text(changed.replace("slt: [head, deputy-1]", "slt: [nobody]"), "utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load(folder)
    assert {(each.entry, each.field) for each in raised.value.faults} == {
        ("people > online", "leaving"),
        ("roles", "slt"),
    }
