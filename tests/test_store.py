"""The store on SQLite and on PostgreSQL: once, sealed, in one chain, and never across schools."""

from __future__ import annotations

import datetime as dt
import inspect
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Account, Actor, Detail, Reader, Report, Reporter, Routing, route
from bot.concerns.escalation import Recipient, Retry, Step, ladder
from bot.concerns.model import Adult, Pupil
from bot.knowledge import School
from bot.store import (
    Delivered,
    Finished,
    Known,
    Logged,
    NewConcern,
    Opinion,
    Place,
    Post,
    Store,
    StoreError,
    UnknownConcernError,
    VaultError,
    new_key,
    open_store,
    schema,
)
from bot.store.received import Unanswered
from bot.store.talk import Talk
from bot.tips import TipChoice
from tests.conftest import KEY, NOW

DSL = Reader("dsl", frozenset({"dsl"}))
HEAD = Reader("head", frozenset({"head"}))
DSL_ACTOR = Actor("dsl", "Ms Amara Bello")
LATER = NOW + dt.timedelta(minutes=1)
TIP_DAY = NOW.date()
MARKERS = (
    "Zelda Marker", "7Marker", "Seenmarker", "Wordsmarker", "Timemarker", "Wheremarker", "Presentmarker", "Donemarker",
    "Linkmarker", "Reportermarker", "Rolemarker", "marker@mail.example", "Adultmarker", "Adultrole",
)  # fmt: skip


def report_of(*, danger: bool = False, about_adult: bool = False) -> Report:
    return Report(
        danger=danger,
        told=False,
        pupils=(Pupil("Zelda Marker", "7Marker"),),
        adult=Adult("Adultmarker", "Adultrole", None) if about_adult else None,
        head=False,
        seen="Seenmarker",
        words="Wordsmarker",
        happened_on=dt.date(2026, 11, 20),
        happened_at="Timemarker",
        where="Wheremarker",
        present="Presentmarker",
        done="Donemarker",
        categories=("Neglect",),
        link="Linkmarker",
        reporter=Reporter("Reportermarker", "Rolemarker", None, Account("email", "marker@mail.example")),
    )


def log(store: Store, school: School, key: str = "one", report: Report | None = None) -> Logged:
    report = report or report_of()
    routing = route(school, report)
    steps = ladder(school, routing, report.danger, NOW)
    return store.concerns(school.id).log(NewConcern(key, report, routing, steps), NOW)


def rows(url: str, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(table)))
    engine.dispose()
    return found


def change(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


# --- once


def test_the_same_form_twice_is_one_concern_and_one_receipt(either: Store, school: School) -> None:
    first, second = log(either, school), log(either, school)
    assert (second.number, second.receipt) == (first.number, first.receipt)
    assert (first.repeated, second.repeated) == (False, True)
    assert len(either.inbox(school.id).summaries(DSL)) == 1


def test_two_forms_are_two_concerns(either: Store, school: School) -> None:
    assert log(either, school, "one").number != log(either, school, "two").number


def test_the_same_form_by_eight_requests_at_once_is_one_concern(either: Store, school: School) -> None:
    receipts: list[str] = []
    ready = threading.Barrier(8)

    def submit() -> None:
        ready.wait()
        receipts.append(log(either, school).receipt)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1
    assert len(either.inbox(school.id).summaries(DSL)) == 1
    assert either.audit(school.id).verify() == ()


def test_a_receipt_is_short_and_found_however_it_is_typed(either: Store, school: School) -> None:
    logged = log(either, school)
    assert len(logged.receipt) == 11
    assert logged.receipt.startswith(logged.number)
    typed = logged.receipt.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    found = either.inbox(school.id).followed(typed)
    assert found is not None
    assert found[0] == logged.number
    assert either.inbox(school.id).followed(f"{logged.number}-00000") is None


# --- sealed


def test_nothing_that_was_written_can_be_read_in_the_database(either: Store, school: School, database: str) -> None:
    logged = log(either, school, report=report_of(about_adult=True))
    with either.concerns(school.id).work(logged.number, HEAD) as case:
        case.append("note", DSL_ACTOR, Detail(text="Seenmarker again", reason="Wordsmarker"), NOW)
        case.file_under("f1", "Zelda Marker")
    either.talk(school.id).finish_turn(
        "c", Finished(Conversation(None, None, {}, "Seenmarker?", NOW + dt.timedelta(1))), NOW
    )
    either.talk(school.id).finish_turn(
        "c", Finished(Conversation(), (NoteGap("Wordsmarker?", None, "no-answer"),)), NOW
    )
    either.sign_in(school.id).make_link("dsl", NOW)
    stored = repr([rows(database, table) for table in schema.metadata.sorted_tables])
    for marker in (*MARKERS, "Amara", "Bello", "'dsl'"):
        assert marker not in stored, marker


def test_every_sealed_column_is_known_to_the_renewal() -> None:
    assert {f"{column.table.name}.{column.name}" for column in schema.SEALED} == {
        "vault.value", "conversations.state", "gaps.question", "concerns.about", "concerns.state", "events.by",
        "accounts.known", "received.payload", "events.detail", "notices.recipient", "notices.text", "files.name",
        "links.person", "places.place", "sessions.person", "tip_choices.by",
    }  # fmt: skip


def test_a_new_key_takes_over_and_the_old_one_can_go(
    either: Store, school: School, database: str, tmp_path: Path
) -> None:
    logged = log(either, school)
    fresh = new_key()
    both = open_store(database, (fresh, KEY), tmp_path / "no.key")
    assert both.renew_seals() > 5
    both.close()
    alone = open_store(database, (fresh,), tmp_path / "no.key")
    record = alone.concerns(school.id).read(logged.number, DSL, DSL_ACTOR, NOW)
    assert record.report.seen == "Seenmarker"
    assert alone.audit(school.id).verify() == ()
    assert log(alone, school).receipt == logged.receipt
    alone.close()
    with pytest.raises(VaultError, match="keys do not fit"):
        open_store(database, (KEY,), tmp_path / "no.key")


def test_a_wrong_key_stops_the_start_and_changes_nothing(
    either: Store, school: School, database: str, tmp_path: Path
) -> None:
    log(either, school)
    before = rows(database, schema.vault)
    with pytest.raises(VaultError, match="keys do not fit this database"):
        open_store(database, (new_key(),), tmp_path / "no.key")
    with pytest.raises(VaultError, match="not a key"):
        open_store(database, ("nonsense",), tmp_path / "no.key")
    assert rows(database, schema.vault) == before


def test_a_missing_demo_key_stops_the_start_and_no_other_is_made(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'demo.db'}", tmp_path / "demo.key"
    open_store(url, (), key).close()
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_text()
    open_store(url, (), key).close()
    assert key.read_text() == kept
    key.unlink()
    with pytest.raises(VaultError, match="Put the key back"):
        open_store(url, (), key)
    assert not key.exists()


def test_the_file_of_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'own.db'}", (KEY,), tmp_path / "no.key").close()
    assert (tmp_path / "own.db").stat().st_mode & 0o777 == 0o600


# --- the chain


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
        case.append("deleted", DSL_ACTOR, Detail(reason="agreed by two"), NOW)
        case.erase()
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


# --- schools


@pytest.fixture
def elsewhere(school: School) -> School:
    """Another school with the very same people and parts."""
    return replace(school, id="elsewhere")


def _calls(
    store: Store, school: School, logged: Logged, waiting: Delivered
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every public function of every part of the store, asked by another school for what is not its own."""
    talk, concerns, inbox = store.talk(school.id), store.concerns(school.id), store.inbox(school.id)
    sign_in, audit, outbox = store.sign_in(school.id), store.audit(school.id), store.outbox((school.id,))
    accounts, received = store.accounts(school.id), store.received(school.id, "slack")
    places = store.places(school.id, "teams")
    routing = Routing("pupil", ("dsl",), frozenset(), (), ())
    queue = store.tip_queue((school.id,))
    tips, theirs = store.tips(school.id), Post("fernbank", "web", TIP_DAY, "tip-0", "claimed", NOW, "owner")

    def work(begin: Callable[[], object]) -> object:
        try:
            with begin() as case:  # type: ignore[attr-defined]
                return case.events
        except UnknownConcernError:
            return None

    def read() -> object:
        try:
            return concerns.read(logged.number, DSL, DSL_ACTOR, NOW)
        except UnknownConcernError:
            return None

    yield "Talk.conversation", lambda: talk.conversation("talk", NOW) == Conversation() or "seen"
    yield "Talk.finish_turn", lambda: talk.finish_turn("talk", Finished(Conversation()), NOW)
    yield "Talk.gaps", talk.gaps
    yield "Talk.forget_gaps", talk.forget_gaps
    yield "Talk.tallies", lambda: talk.tallies(dt.date(2020, 1, 1))
    yield "Concerns.log", lambda: concerns.log(NewConcern("new", report_of(), routing, ()), NOW).repeated
    yield "Concerns.read", read
    yield "Concerns.work", lambda: work(lambda: concerns.work(logged.number, DSL))
    yield "Concerns.work_by_receipt", lambda: work(lambda: concerns.work_by_receipt(logged.receipt))
    yield "Concerns.work_on_ladder", lambda: work(lambda: concerns.work_on_ladder(logged.number))
    yield "Concerns.delivered", lambda: None  # only ever given a notice that this school's outbox claimed
    yield "Inbox.summaries", lambda: [each for each in inbox.summaries(DSL) if each.number == logged.number]
    yield "Inbox.search", lambda: logged.number in inbox.search(DSL, "Seenmarker")
    yield "Inbox.files", lambda: inbox.files(DSL)
    yield "Inbox.reviews", lambda: inbox.reviews(DSL, dt.date(2100, 1, 1))
    yield "Inbox.counted", lambda: len(inbox.counted(DSL)) > 1
    yield "Inbox.logged_by", lambda: len(inbox.logged_by(report_of().reporter)) > 1
    yield "Inbox.followed", lambda: inbox.followed(logged.receipt)
    yield "SignIn.make_link", lambda: None  # makes one of its own, and reads nothing
    yield "SignIn.use_link", lambda: sign_in.use_link("link", NOW)
    yield "SignIn.who", lambda: sign_in.who("session", NOW)
    yield "SignIn.end", lambda: sign_in.end("session")
    yield "Chain.append", lambda: None  # inside a transaction of the parts above
    yield "Chain.note", lambda: audit.note("link-made", DSL_ACTOR, Detail(), NOW).number > 9
    yield "Chain.of", lambda: None  # the same
    yield "Chain.erase", lambda: None  # the same
    yield "Chain.lines", lambda: [line for line in audit.lines() if line.concern == logged.number]
    yield "Chain.verify", audit.verify
    yield "Accounts.keep", lambda: accounts.keep(Known(Account("slack", "U9"), "dsl", "Other", "", False))
    yield "Accounts.who", lambda: accounts.who(Account("slack", "U1"))
    yield "Accounts.of", lambda: (found := accounts.of("slack", "dsl")) and found.account.id != "U9"
    yield "Received.take", lambda: None if received.take("Ev1", "theirs", NOW) else "not its own"
    yield "Received.left_over", lambda: [each for each in received.left_over(LATER) if each.payload != "theirs"]
    yield "Received.kept", lambda: received.kept("Ev1") != "theirs"
    yield "Received.renew", lambda: received.renew((waiting.id,), LATER + dt.timedelta(days=1))
    yield "Received.unanswered", lambda: received.unanswered(LATER - dt.timedelta(hours=1)).count
    yield "Received.give_up", lambda: received.give_up(Delivered(waiting.id, "", 1))
    yield "Received.done", lambda: received.done(Delivered(waiting.id, "", 1), NOW)
    yield "Received.forget_older", lambda: received.forget_older(LATER) != 1
    yield "Received.forget", lambda: received.forget("Ev1")
    yield "Places.find", lambda: places.find("dsl")
    yield "Places.all", places.all
    yield "Places.keep", lambda: places.keep(Place("dsl", "elsewhere"))
    yield "Places.forget", lambda: places.forget("dsl")
    yield "TipPosts.claim", lambda: None if tips.claim("web", TIP_DAY, "tip-1", NOW) else "not its own"
    yield "TipQueue.unfinished", lambda: [each for each in queue.unfinished(("web",), LATER) if each.tip != "tip-1"]
    yield "TipQueue.on", lambda: [each for each in queue.on((TIP_DAY,)) if each.tip != "tip-1"]
    yield "TipPosts.posted", lambda: tips.posted(theirs, NOW)
    yield "TipPosts.leave_out", lambda: tips.leave_out(theirs, NOW)
    yield "TipPosts.put_off", lambda: tips.put_off(theirs, NOW)
    yield "TipPosts.expire", lambda: tips.expire(dt.date(2100, 1, 1), NOW)
    yield "TipPosts.since", lambda: [each for each in tips.since(dt.date(2020, 1, 1)) if each.tip != "tip-1"]
    yield "TipPosts.choose", lambda: tips.choose(TipChoice("pin", TIP_DAY, TIP_DAY, "tip-1"), NOW)
    yield "TipPosts.choices", lambda: [each for each in tips.choices() if each.tip != "tip-1"]
    yield "TipPosts.unpin", lambda: tips.unpin(TIP_DAY) != 1
    yield "TipPosts.resume", lambda: tips.resume(TIP_DAY)
    yield "TipPosts.count", lambda: tips.count("tip-1", TIP_DAY, "asked")
    yield "TipPosts.opinions", lambda: [each for each in tips.opinions(TIP_DAY) if each.tip != "tip-1"]
    yield "Outbox.add", lambda: outbox.add("fernbank", None, (Step("news", NOW),))
    yield "Outbox.claim", lambda: [each for each in outbox.claim(NOW) if each.school != school.id]
    yield "Outbox.take", lambda: None
    yield "Outbox.lock", lambda: None
    yield "Outbox.sent", lambda: None  # only ever given a notice that this outbox claimed
    yield "Outbox.put_off", lambda: None
    yield "Outbox.given_up", lambda: None
    yield "Outbox.renew", lambda: outbox.renew(NOW)
    yield "Outbox.next_due", outbox.next_due
    yield "Outbox.health", lambda: outbox.health(NOW + dt.timedelta(days=9)).waiting


def test_no_part_of_the_store_sees_another_school(either: Store, school: School, elsewhere: School) -> None:
    logged = log(either, school)
    with either.concerns(school.id).work(logged.number, DSL) as case:
        case.file_under("f1", "Zelda Marker")
        case.append("closed", DSL_ACTOR, Detail(text="x", reason="y", due=dt.date(2026, 1, 1)), NOW)
    talk = either.talk(school.id)
    asked = Conversation("friend-ex-pupil", None, {}, None, NOW + dt.timedelta(minutes=9))
    talk.finish_turn("talk", Finished(asked, (NoteGap("q", None, "no-answer"),), "friend-ex-pupil"), NOW)
    either.accounts(school.id).keep(Known(Account("slack", "U1"), "dsl", "Ms Amara Bello", "DSL", False))
    either.places(school.id, "teams").keep(Place("dsl", "Marker’s chat"))
    waiting = either.received(school.id, "slack").take("Ev1", "ours", NOW)
    assert waiting
    tips = either.tips(school.id)
    claimed = tips.claim("web", TIP_DAY, "tip-0", NOW)
    assert claimed
    tips.choose(TipChoice("pin", TIP_DAY, TIP_DAY, "tip-0"), NOW)
    tips.choose(TipChoice("pause", TIP_DAY, None), NOW)
    tips.count("tip-0", TIP_DAY, "asked")
    before = len(either.audit(school.id).lines())
    for name, call in _calls(either, elsewhere, logged, waiting):
        assert not call() or (call() is True and name == "Talk.conversation"), name
    assert talk.conversation("talk", NOW).entry == "friend-ex-pupil"
    assert len(talk.gaps()) == 1
    assert tips.since(TIP_DAY) == (replace(claimed, owner=""),)
    assert [choice.last for choice in tips.choices()] == [TIP_DAY, None]
    assert tips.opinions(TIP_DAY) == (Opinion("tip-0", 1, 0),)
    assert talk.tallies(dt.date(2020, 1, 1))[0].answered == 1
    assert len(either.audit(school.id).lines()) == before
    assert len(either.inbox(school.id).files(DSL)) == 1
    assert [each.payload for each in either.received(school.id, "slack").left_over(LATER)] == ["ours"]
    assert either.places(school.id, "teams").all() == (Place("dsl", "Marker’s chat"),)
    assert either.places(school.id, "teams-alert").all() == ()


def test_the_walk_over_the_store_leaves_no_public_function_out(store: Store, school: School) -> None:
    walked = {name for name, _ in _calls(store, school, Logged("AAAAA", "", False), Delivered("", "", 1))}
    parts = (
        store.talk("x"), store.concerns("x"), store.inbox("x"), store.sign_in("x"), store.audit("x"),
        store.outbox(("x",)), store.accounts("x"), store.received("x", "slack"), store.tips("x"),
        store.tip_queue(("x",)), store.places("x", "teams"),
    )  # fmt: skip
    inherited = {"about", "next_due", "summary", "files_of"}  # of Desk: inside a transaction of the parts
    public = {
        f"{type(part).__name__}.{name}"
        for part in parts
        for name, _ in inspect.getmembers(type(part), inspect.isfunction)
        if not name.startswith("_") and (name not in inherited or type(part).__name__ == "Outbox")
    }
    assert public - walked - {"Chain.first_of"} == set()


def test_a_link_and_a_session_are_of_one_school(either: Store, school: School, elsewhere: School) -> None:
    token = either.sign_in(school.id).make_link("dsl", NOW)
    assert either.sign_in(elsewhere.id).use_link(token, NOW) is None
    session = either.sign_in(school.id).use_link(token, NOW)
    assert session
    assert either.sign_in(elsewhere.id).who(session, NOW) is None
    assert either.sign_in(school.id).who(session, NOW) == "dsl"


# --- signing in


def test_a_link_works_once_and_for_ten_minutes(either: Store, school: School) -> None:
    sign_in = either.sign_in(school.id)
    token = sign_in.make_link("dsl", NOW)
    assert sign_in.use_link(token, NOW + dt.timedelta(minutes=9))
    assert sign_in.use_link(token, NOW + dt.timedelta(minutes=9)) is None
    late = sign_in.make_link("dsl", NOW)
    assert sign_in.use_link(late, NOW + dt.timedelta(minutes=10)) is None


def test_a_session_ends_after_half_an_hour_without_use_and_after_half_a_day_of_use(
    either: Store, school: School
) -> None:
    sign_in = either.sign_in(school.id)
    session = sign_in.use_link(sign_in.make_link("dsl", NOW), NOW) or ""
    at = NOW
    for _ in range(26):
        at += dt.timedelta(minutes=29)
        found = sign_in.who(session, at)
        assert found == ("dsl" if at < NOW + dt.timedelta(hours=12) else None)
    other = sign_in.use_link(sign_in.make_link("dsl", NOW), NOW) or ""
    assert sign_in.who(other, NOW + dt.timedelta(minutes=30)) is None


# --- opening


def test_the_migrations_make_the_very_tables_of_the_schema(either: Store, database: str) -> None:
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()


def _open(url: str, key: str, folder: str) -> None:
    open_store(url, (key,), Path(folder) / "no.key").close()


def test_replicas_that_start_together_migrate_once(database: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_open, args=(database, KEY, str(tmp_path))) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]


def test_a_database_of_a_newer_version_is_refused(either: Store, database: str, tmp_path: Path) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer AskFirst"):
        open_store(database, (KEY,), tmp_path / "no.key")


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/nowhere/x.db", "postgresql://nobody@127.0.0.1:1/x", "mysql://x/y", "nonsense"],
)
def test_a_database_that_cannot_be_opened_says_what_to_check(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="ASKFIRST_DATABASE_URL"):
        open_store(url, (KEY,), tmp_path / "no.key")


def test_a_fault_of_the_database_repeats_nothing_that_was_written(either: Store, school: School, database: str) -> None:
    change(database, "DROP TABLE notices")
    with pytest.raises(StoreError) as raised:
        log(either, school)
    shown = f"{raised.value!r} {raised.value.__cause__!r}"
    for marker in MARKERS:
        assert marker not in shown
    assert raised.value.__suppress_context__


# --- conversations and counts


def test_entries_are_counted_by_day_with_what_people_said_of_them(either: Store, school: School) -> None:
    talk: Talk = either.talk(school.id)
    for helped in (None, None, True, False, None):
        talk.finish_turn("c", Finished(Conversation(), (), "friend-ex-pupil", helped), NOW)
    talk.finish_turn("c", Finished(Conversation(), (), "other", None), NOW)
    talk.finish_turn("c", Finished(Conversation(), (), "other", None), NOW - dt.timedelta(days=40))
    found = talk.tallies(NOW.date() - dt.timedelta(days=7))
    assert [(tally.entry, tally.answered, tally.helped, tally.not_helped) for tally in found] == [
        ("friend-ex-pupil", 3, 1, 1),
        ("other", 1, 0, 0),
    ]


# --- the outbox


def test_a_step_is_claimed_by_one_process_until_its_lease_runs_out(either: Store, school: School) -> None:
    log(either, school)
    first, second = either.outbox((school.id,)), either.outbox((school.id,))
    (taken,) = first.claim(NOW)
    assert second.claim(NOW) == ()
    (again,) = second.claim(NOW + dt.timedelta(seconds=31))
    assert (taken.id, taken.repeat, again.repeat) == (again.id, False, True)
    assert not first.sent(taken)
    assert second.sent(again)
    assert second.claim(NOW + dt.timedelta(minutes=2)) == ()


def test_two_processes_at_once_never_take_the_same_step(either: Store, school: School) -> None:
    for number in range(12):
        log(either, school, f"key-{number}", report_of(danger=True))
    taken: list[str] = []
    ready = threading.Barrier(4)

    def work() -> None:
        outbox = either.outbox((school.id,))
        ready.wait()
        while notices := outbox.claim(NOW, limit=2):
            taken.extend(notice.id for notice in notices)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 36


def test_a_cancelled_step_is_not_tried_again(either: Store, school: School) -> None:
    logged = log(either, school)
    outbox = either.outbox((school.id,))
    (notice,) = outbox.claim(NOW)
    with either.concerns(school.id).work(logged.number, DSL) as case:
        case.stop_ladder()
    assert not outbox.put_off(notice, Retry(0, NOW))
    assert outbox.claim(NOW + dt.timedelta(hours=9)) == ()
    assert notice.recipient == Recipient("dsl")


# --- what chat channels sent


def test_a_repeated_delivery_is_one_and_an_unfinished_one_is_taken_over(either: Store, school: School) -> None:
    received = either.received(school.id, "slack")
    taken = received.take("Ev1", "hello", NOW)
    assert taken
    assert received.take("Ev1", "hello", NOW) is None
    assert received.left_over(NOW) == ()
    (again,) = received.left_over(NOW + dt.timedelta(seconds=31))
    assert (again.id, again.payload, again.tries) == (taken.id, "hello", 2)
    received.done(again, NOW)
    assert received.left_over(NOW + dt.timedelta(hours=1)) == ()
    assert received.take("Ev1", "hello", NOW) is None


def test_what_nobody_answered_is_counted_without_its_content(either: Store, school: School) -> None:
    received, later = either.received(school.id, "slack"), NOW + dt.timedelta(minutes=2)
    taken = [received.take(f"Ev{i}", "hello", NOW + dt.timedelta(seconds=i)) for i in range(4)]
    assert received.unanswered(NOW) == Unanswered(0, None)
    assert taken[0] and taken[1] and taken[2]
    received.done(taken[0], NOW)
    received.give_up(taken[1])
    received.give_up(taken[2])
    assert received.unanswered(NOW) == Unanswered(2, NOW + dt.timedelta(seconds=1))
    assert received.unanswered(later) == Unanswered(3, NOW + dt.timedelta(seconds=1)), "nobody took the fourth up"
    assert [each.tries for each in received.left_over(later)] == [2], "what was given up is not tried again"
    assert either.received(school.id, "teams").unanswered(later).count == 0
    last = received.take("EvLast", "hello", NOW + dt.timedelta(days=3))
    assert last
    received.done(last, NOW + dt.timedelta(days=3))
    assert received.unanswered(NOW + dt.timedelta(days=3)).count == 1, "what was given up days ago is forgotten"


def test_what_was_tried_often_does_not_stay_for_ever(either: Store, school: School) -> None:
    received = either.received(school.id, "slack")
    assert received.take("Ev1", "hello", NOW)
    for tries in range(1, 6):
        received.left_over(NOW + tries * dt.timedelta(minutes=1))
    assert received.kept("Ev1") == "hello"
    last = received.take("Ev2", "hello", NOW + dt.timedelta(days=3))
    assert last
    received.done(last, NOW + dt.timedelta(days=3))
    assert received.kept("Ev1") is None


def test_what_is_to_be_forgotten_is_gone_and_nothing_else(either: Store, school: School) -> None:
    drafts, others = either.received(school.id, "slack-draft"), either.received(school.id, "teams-draft")
    for name, minutes in (("one", 0), ("two", 1), ("three", 2)):
        drafts.take(name, name, NOW + dt.timedelta(minutes=minutes))
        others.take(name, name, NOW)
    drafts.forget("one")
    drafts.forget("none")
    assert [drafts.kept(name) for name in ("one", "two", "three")] == [None, "two", "three"]
    assert drafts.forget_older(NOW + dt.timedelta(minutes=2)) == 1
    assert [drafts.kept(name) for name in ("one", "two", "three")] == [None, None, "three"]
    assert others.kept("one") == "one"


def test_an_account_is_who_the_channel_last_said(either: Store, school: School) -> None:
    accounts, account = either.accounts(school.id), Account("slack", "T1:U1")
    assert accounts.who(account) is None
    accounts.keep(Known(account, "", "A Bello", "", False))
    accounts.keep(Known(account, "dsl", "Ms Amara Bello", "DSL", False))
    found = accounts.of("slack", "dsl")
    assert found
    assert (found.account, found.name) == (account, "Ms Amara Bello")
    assert accounts.of("teams", "dsl") is None


def test_a_lease_is_kept_by_the_process_that_renews_it(either: Store, school: School) -> None:
    log(either, school)
    first, second = either.outbox((school.id,)), either.outbox((school.id,))
    (taken,) = first.claim(NOW)
    for seconds in (3, 6, 9):
        first.renew(NOW + dt.timedelta(seconds=seconds))
        assert second.claim(NOW + dt.timedelta(seconds=seconds)) == ()
    (again,) = second.claim(NOW + dt.timedelta(seconds=14))
    first.renew(NOW + dt.timedelta(seconds=14))
    assert again.id == taken.id
    assert not first.sent(taken)
    assert second.sent(again)


def test_what_may_have_arrived_is_a_repeat_the_next_time(either: Store, school: School) -> None:
    log(either, school)
    outbox = either.outbox((school.id,))
    (first,) = outbox.claim(NOW)
    outbox.put_off(first, Retry(0, NOW), uncertain=False)
    (second,) = outbox.claim(NOW)
    outbox.put_off(second, Retry(0, NOW), uncertain=True)
    (third,) = outbox.claim(NOW)
    outbox.put_off(third, Retry(0, NOW), uncertain=False)
    (fourth,) = outbox.claim(NOW)
    assert [each.repeat for each in (first, second, third, fourth)] == [False, False, True, True]
