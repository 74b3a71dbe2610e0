"""The chronology is one chain: whatever is changed or removed shows."""

from __future__ import annotations

import pytest

from bot.concerns import Detail
from bot.knowledge import School
from bot.store import Logged, Store, UnknownConcernError
from tests.conftest import NOW
from tests.store.made import DSL, DSL_ACTOR, change, log


@pytest.fixture
def chained(either: Store, school: School) -> Logged:
    logged = log(either, school)
    log(either, school, "two")
    for text in ("first", "second"):
        with either.concerns(school.id).work(logged.number, DSL) as case:
            case.append("note", DSL_ACTOR, Detail(text=text), NOW)
    assert either.audit(school.id).verify() == ()
    return logged


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE events SET at = at + 1 WHERE number = 2", "line 2: was changed"),
        ("UPDATE events SET kind = 'opened' WHERE number = 3", "line 3: was changed"),
        ("UPDATE events SET concern = 'AAAAA' WHERE number = 3", "line 3: was changed"),
        ("DELETE FROM events WHERE number = 2", "line 2: is missing"),
        ("DELETE FROM events WHERE number = 4", "the log ends at line 3"),
        ("UPDATE events SET detail = NULL WHERE number = 3", "line 3: its content is gone"),
        ("UPDATE events SET detail = (SELECT detail FROM events WHERE number = 4) WHERE number = 3", "was changed"),
        ("UPDATE events SET digest = 'x' WHERE number = 3", "line 3: was changed"),
        ("UPDATE chains SET length = 3", "the mark at the end of the log was changed"),
        ("DELETE FROM chains", "the end of the log is not marked"),
        ("UPDATE concerns SET status = 'closed'", "is marked 'closed'"),
        ("DELETE FROM concerns", "has a chronology and nothing else"),
    ],
)
def test_whatever_is_changed_or_removed_shows(
    either: Store, school: School, database: str, chained: Logged, statement: str, says: str
) -> None:
    change(database, statement)
    assert any(says in fault for fault in either.audit(school.id).verify())


def test_after_tampering_a_concern_is_still_taken_and_the_gap_shows_for_ever(
    either: Store, school: School, database: str, chained: Logged
) -> None:
    change(database, "DELETE FROM events WHERE number = 4")
    change(database, "UPDATE chains SET length = 3, head = (SELECT hash FROM events WHERE number = 3)")
    assert not log(either, school, "three").repeated
    assert any("is missing" in fault for fault in either.audit(school.id).verify())


def test_a_rolled_back_change_leaves_no_line(either: Store, school: School, chained: Logged) -> None:
    before = len(either.audit(school.id).lines())
    with pytest.raises(ZeroDivisionError), either.concerns(school.id).work(chained.number, DSL) as case:
        case.append("note", DSL_ACTOR, Detail(text="never"), NOW)
        _ = 1 / 0
    assert len(either.audit(school.id).lines()) == before
    assert either.audit(school.id).verify() == ()


def test_a_deleted_concern_leaves_its_lines_and_the_chain_whole(
    either: Store, school: School, database: str, chained: Logged
) -> None:
    with either.concerns(school.id).work(chained.number, DSL) as case:
        case.delete(DSL_ACTOR, "agreed by two", NOW)
    assert either.audit(school.id).verify() == ()
    kept = [line.kind for line in either.audit(school.id).lines() if line.concern == chained.number]
    assert kept == ["logged", "note", "note", "deleted"]
    with pytest.raises(UnknownConcernError), either.concerns(school.id).work(chained.number, DSL):
        pass
    assert either.inbox(school.id).followed(chained.receipt) is None


def test_the_audit_shows_who_and_when_and_no_content(either: Store, school: School, chained: Logged) -> None:
    lines = either.audit(school.id).lines()
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert lines[3].by == DSL_ACTOR
    assert "second" not in repr(lines)
