"""What the log says is held against the tables: whoever edits a row by hand is found out, on either database."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest

from bot.concerns import Account, Detail, Event, Reader, Reporter
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.casework import Casework
from bot.store import Known, Store, open_store
from tests.conftest import KEY, NOW
from tests.databases import Cluster
from tests.store.made import DSL, DSL_ACTOR, MARKERS, change, log, report_of

HEAD = Reader("head", frozenset({"head"}))
DEPUTY = Reader("deputy-1", frozenset({"deputy-dsl"}))
_SCHOOLS = itertools.count()
SOON = NOW + dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Kept:
    """A school with three concerns: `open` waits, `taken` was acknowledged, `adult` is about an adult and closed."""

    store: Store
    school: School
    url: str
    open: str
    taken: str
    adult: str

    def faults(self) -> tuple[str, ...]:
        return self.store.audit(self.school.id).verify(SOON)

    def edits(self, statement: str) -> None:
        """Somebody writes into the database by hand."""
        change(self.url, statement.format(open=self.open, taken=self.taken, adult=self.adult))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """One database of either kind for all these schools: opening one takes longer than the tests."""
    folder = tmp_path_factory.mktemp("proof")
    url = f"sqlite:///{folder / 'proof.db'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.new_database()
    opened = open_store(url, (KEY,), folder / "no.key")
    yield url, opened
    opened.close()


@pytest.fixture
def kept(shared: tuple[str, Store], school: School) -> Kept:
    """A school of its own for each test: what is done to the rows of the others is not looked at again."""
    database, either = shared
    school = replace(school, id=f"proof-{next(_SCHOOLS)}")
    work = Casework(lambda: school, either)
    opened = log(either, school).number
    taken = log(either, school, "two", replace(report_of(danger=True), categories=("Bullying",))).number
    adult = log(either, school, "three", report_of(about_adult=True)).number
    work.acknowledge(DSL, taken, NOW)
    work.action(DSL, taken, "Ring home", dt.date(2026, 11, 27), NOW)
    work.file_under(DSL, taken, "", "Zed", NOW)
    work.reassign(HEAD, adult, "online", "He knows.", NOW)
    work.close(HEAD, adult, "Done", "Explained", dt.date(2033, 9, 1), NOW)
    made = Kept(either, school, database, opened, taken, adult)
    assert made.faults() == ()
    return made


ATTACKS: tuple[tuple[str, str], ...] = (
    # who reads it, and who never may
    ("INSERT INTO readers SELECT school, '{open}', reader FROM readers WHERE concern = '{adult}' AND reader NOT IN "
     "(SELECT reader FROM readers WHERE concern = '{open}')", "{open}: readers: "),
    ("DELETE FROM readers WHERE concern = '{open}'", "{open}: readers: "),
    ("DELETE FROM readers WHERE concern = '{adult}'", "{adult}: readers: "),
    ("INSERT INTO excluded SELECT school, '{open}', 'x' FROM concerns WHERE number = '{open}'", "{open}: excluded"),
    # the concern itself
    ("UPDATE concerns SET urgent = NOT urgent WHERE number = '{taken}'", "{taken}: urgency: "),
    ("UPDATE concerns SET about = (SELECT about FROM concerns WHERE number = '{adult}') WHERE number = '{open}'",
     "{open}: kind: "),
    ("UPDATE concerns SET about = (SELECT about FROM concerns WHERE number = '{taken}') WHERE number = '{open}'",
     "{open}: categories: "),
    ("UPDATE concerns SET about = state WHERE number = '{open}'", "{open}: kind: "),
    ("UPDATE concerns SET state = (SELECT state FROM concerns WHERE number = '{taken}') WHERE number = '{open}'",
     "{open}: how it stands: "),
    ("UPDATE concerns SET reporter = 'x' WHERE number = '{open}'", "{open}: reporter: "),
    ("UPDATE concerns SET receipt = 'x' WHERE number = '{open}'", "{open}: receipt: "),
    ("UPDATE concerns SET logged_at = logged_at - 86400000 WHERE number = '{open}'", "{open}: logged at: "),
    ("UPDATE concerns SET acknowledged_at = 1 WHERE number = '{taken}'", "{taken}: acknowledged at: "),
    ("UPDATE concerns SET review_on = NULL WHERE number = '{adult}'", "{adult}: review day: "),
    ("UPDATE concerns SET round = 7 WHERE number = '{open}'", "{open}: round of alerts: "),
    ("UPDATE concerns SET status = 'deleted' WHERE number = '{open}'", "{open}: status: "),
    ("UPDATE concerns SET status = 'closed' WHERE number = '{open}'", "{open}: status: "),
    ("DELETE FROM filed", "{taken}: child’s file: "),
    ("DELETE FROM concerns WHERE number = '{open}'", "{open}: has a chronology and nothing else"),
    # what is still to be sent
    ("DELETE FROM notices WHERE concern = '{open}'", "{open}: alerts: "),
    ("DELETE FROM notices WHERE concern = '{open}' AND kind = 'ran-out'", "{open}: alerts: 1 were arranged"),
    ("DELETE FROM notices WHERE concern = '{open}' AND rung = 1", "{open}: alerts: "),
    ("UPDATE notices SET state = 'sent' WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET state = 'cancelled' WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET state = 'failed' WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET state = 'lost' WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET state = 'sent' WHERE concern = '{open}' AND kind = 'ran-out'", "{open}: alerts: "),
    ("UPDATE notices SET next_at = 4070908800000 WHERE concern = '{open}'", "{open}: alerts: "),
    ("UPDATE notices SET next_at = 4070908800000, tried_at = 4070908800000 WHERE concern = '{open}'",
     "{open}: alerts: "),
    ("UPDATE notices SET due_at = 4070908800000, next_at = 4070908800000 WHERE concern = '{open}'",
     "{open}: alerts: "),
    ("UPDATE notices SET lease_owner = 'x', lease_until = 4070908800000 WHERE concern = '{open}'",
     "{open}: alerts: "),
    ("UPDATE notices SET recipient = (SELECT recipient FROM notices WHERE concern = '{adult}' AND kind = 'alert' "
     "ORDER BY rung LIMIT 1) WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET rung = 9 WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET concern = '{taken}' WHERE concern = '{open}' AND rung = 0", "{open}: alerts: "),
    ("UPDATE notices SET id = 'x' WHERE concern = '{open}' AND kind = 'ran-out'", "{open}: alerts: 1 were never"),
    ("DELETE FROM notices WHERE concern = '{taken}' AND kind = 'action-due'", "{taken}: reminders: "),
    ("UPDATE notices SET due_at = 4070908800000, next_at = 4070908800000 WHERE kind = 'action-due'",
     "{taken}: reminders: "),
    ("UPDATE notices SET state = 'waiting' WHERE concern = '{taken}' AND kind = 'alert'", "{taken}: alerts: "),
)  # fmt: skip


@pytest.mark.parametrize(("statement", "says"), ATTACKS, ids=lambda each: each[:70])
def test_a_row_edited_by_hand_is_a_fault_that_names_the_concern_and_the_field(
    kept: Kept, statement: str, says: str
) -> None:
    kept.edits(statement)
    said = says.format(open=kept.open, taken=kept.taken, adult=kept.adult)
    faults = kept.faults()
    assert any(said in fault for fault in faults), faults
    assert not [marker for marker in MARKERS for fault in faults if marker in fault], "no content is told"


def test_an_idle_reminder_that_was_taken_away_is_missed(kept: Kept) -> None:
    work = Casework(lambda: kept.school, kept.store)
    work.acknowledge(DEPUTY, kept.open, NOW)
    assert kept.faults() == ()
    kept.edits("DELETE FROM notices WHERE concern = '{open}' AND kind = 'idle'")
    assert [fault for fault in kept.faults() if f"{kept.open}: reminders: 1 are gone" in fault]


@pytest.mark.parametrize("table", ["concerns", "readers", "notices", "filed"])
def test_a_log_without_a_line_is_a_fault_where_there_was_a_school(kept: Kept, table: str) -> None:
    for each in {"events", "chains", "concerns", "readers", "excluded", "notices", "filed"} - {table}:
        kept.edits(f"DELETE FROM {each}")
    assert any("the log has no line" in fault for fault in kept.faults())


def test_a_log_without_a_line_is_a_fault_where_an_account_is_known(either: Store, school: School) -> None:
    audit = either.audit(school.id)
    assert audit.verify() == ()
    either.accounts(school.id).keep(Known(Account("slack", "T1:U1"), "dsl", "A", "", outside=False))
    assert any("the table accounts" in fault for fault in audit.verify())
    audit.begin(NOW)  # too late: it hides nothing
    assert any("the table accounts" in fault for fault in audit.verify())


def test_the_log_of_a_new_school_begins_once_and_then_accounts_may_come(either: Store, school: School) -> None:
    audit = either.audit(school.id)
    audit.begin(NOW)
    audit.begin(NOW)
    assert [line.kind for line in audit.lines()] == ["begun"]
    either.accounts(school.id).keep(Known(Account("slack", "T1:U1"), "dsl", "A", "", outside=False))
    assert audit.verify() == ()


def test_events_and_concerns_that_were_both_taken_out_leave_rows_that_nobody_knows(kept: Kept) -> None:
    kept.edits("DELETE FROM events")
    kept.edits("DELETE FROM chains")
    kept.edits("DELETE FROM concerns")
    kept.store.audit(kept.school.id).note("signed-in", DSL_ACTOR, Detail(), NOW)
    found = kept.faults()
    assert any(f"concern {kept.open}: has no chronology, and stands in the table readers" in each for each in found)


def test_a_log_that_was_emptied_and_goes_on_does_not_begin_where_a_concern_does(kept: Kept) -> None:
    kept.edits("DELETE FROM events")
    kept.edits("DELETE FROM chains")
    with kept.store.concerns(kept.school.id).work_on_ladder(kept.open) as case:
        case.append("note", DSL_ACTOR, Detail(text="It goes on."), NOW)
    assert any(f"concern {kept.open}: its chronology does not begin" in fault for fault in kept.faults())


# --- what somebody kept


def test_a_line_that_was_kept_is_found_again_however_it_is_written(kept: Kept) -> None:
    audit = kept.store.audit(kept.school.id)
    for line in audit.lines():
        for written in (line.mark, f"{line.number}:{line.hash}", line.hash, line.mark.upper(), f" {line.mark} "):
            assert audit.proof(SOON, written).faults == ()
    assert audit.lines()[-1].mark == audit.head()


def test_a_log_that_was_put_back_to_an_older_one_does_not_go_on_from_the_line_that_was_kept(kept: Kept) -> None:
    audit = kept.store.audit(kept.school.id)
    _keep_mark(kept.url)
    log(kept.store, kept.school, "four")
    newest = audit.lines()[-1]
    assert audit.proof(SOON, newest.mark).faults == ()
    _put_back(kept, newest.concern, newest.number - 1)
    assert audit.verify(SOON) == (), "by itself it looks whole"
    for written in (newest.mark, newest.hash):
        (fault,) = audit.proof(SOON, written).faults
        assert "kept" in fault and "What was logged after it may be gone" in fault


def test_a_log_that_was_written_anew_is_not_the_one_that_was_kept(kept: Kept) -> None:
    audit = kept.store.audit(kept.school.id)
    _keep_mark(kept.url)
    log(kept.store, kept.school, "four")
    newest = audit.lines()[-1]
    _put_back(kept, newest.concern, newest.number - 1)
    log(kept.store, kept.school, "five")
    assert audit.verify(SOON) == ()
    (fault,) = audit.proof(SOON, newest.mark).faults
    assert fault.startswith(f"line {newest.number} is not the one that was kept")


@pytest.mark.parametrize("written", ["", "12", "last", "12:xyz", "12:0123", "0123456", ":", "1:2:3"])
def test_what_is_no_line_is_refused_and_nothing_is_the_proof_alone(kept: Kept, written: str) -> None:
    audit = kept.store.audit(kept.school.id)
    if not written:
        assert audit.proof(SOON, written).faults == ()
        return
    with pytest.raises(AskFirstError, match="Write it as askfirst audit prints it"):
        audit.proof(SOON, written)


def _keep_mark(url: str) -> None:
    change(url, "DROP TABLE IF EXISTS kept_mark")
    change(url, "CREATE TABLE kept_mark AS SELECT * FROM chains")


def _put_back(kept: Kept, concern: str, length: int) -> None:
    """Everything as an older copy of the database has it."""
    kept.edits(f"DELETE FROM events WHERE number > {length}")
    kept.edits("DELETE FROM chains")
    kept.edits("INSERT INTO chains SELECT * FROM kept_mark")
    kept.edits(f"DELETE FROM concerns WHERE number = '{concern}'")
    for table in ("readers", "notices", "excluded"):
        kept.edits(f"DELETE FROM {table} WHERE concern = '{concern}'")


# --- what is older than the proof


def test_what_was_logged_before_the_log_held_it_is_said_to_be_not_provable(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def before(**fields: object) -> Detail:
        fields.pop("terms", None)
        return Detail(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.store.concerns.Detail", before)
    old = log(kept.store, kept.school, "old").number
    proof = kept.store.audit(kept.school.id).proof(SOON)
    assert (proof.faults, proof.older) == ((), 1)
    (remark,) = proof.remarks(ZoneInfo("Europe/London"))
    assert remark.startswith("1 of them") and "are not provable before 23 November 2026" in remark
    kept.edits(f"UPDATE concerns SET urgent = NOT urgent WHERE number = '{old}'")
    assert any(f"{old}: urgency" in fault for fault in kept.faults()), "what older lines say is held against the tables"


def test_a_reminder_that_went_with_a_closing_is_missed_only_where_it_was_kept(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to version 0.2 closing called every reminder off, and asked nobody what becomes of the action."""
    work = Casework(lambda: kept.school, kept.store)
    work.action(DSL, kept.open, "Ring home", dt.date(2026, 11, 27), NOW)
    with monkeypatch.context() as older:
        older.setattr(Casework, "_settle", lambda *_: ())
        work.close(DSL, kept.open, "Done", "Explained", dt.date(2033, 9, 1), NOW)
    assert kept.faults() == ()
    work.reopen(DSL, kept.open, "There is more.", NOW)
    assert kept.faults() == ()
    work.action(DSL, kept.open, "Ring again", dt.date(2026, 11, 30), NOW)
    (first, second) = (event.number for event in _actions(kept, kept.open))
    closing = {first: "done", second: "kept"}
    work.close(DSL, kept.open, "Done", "Explained", dt.date(2033, 9, 1), NOW, closing)
    assert kept.faults() == ()
    kept.edits(f"DELETE FROM notices WHERE concern = '{{open}}' AND kind = 'action-due' AND rung = {second}")
    assert any(f"{kept.open}: reminders: 1 are gone" in fault for fault in kept.faults())


def _actions(kept: Kept, number: str) -> list[Event]:
    with kept.store.concerns(kept.school.id).work_on_ladder(number) as case:
        return [event for event in case.events if event.kind == "action"]


def test_a_name_that_nobody_checked_stands_for_another_token_than_the_one_who_is_signed_in(
    either: Store, school: School
) -> None:
    """Else whoever types a name would fill the list of what its bearer has logged."""
    typed = Reporter("Ms Amara Bello", "DSL", "dsl", None, "typed")
    log(either, school, "one", replace(report_of(), reporter=typed))
    assert either.inbox(school.id).logged_by(replace(typed, known_by="slack")) == ()
    assert [each.yours for each in either.inbox(school.id).summaries(DSL)] == [False]
    assert either.audit(school.id).verify() == ()
