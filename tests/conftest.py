"""Fixtures: the small base, learned once and kept between runs; a fresh store and assistant for each test."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, School, load
from bot.service.assistant import Assistant
from bot.service.core import Core
from bot.store import Store, new_key, open_store
from bot.understanding.encoder import WHEEL_SHA256, Encoder, find_model, load_encoder
from bot.understanding.fitting import understand
from tests.databases import Cluster, running_postgres
from tests.make_base import small_base, small_cache

pytest_plugins = ("tests.browsing", "tests.reading_once", "tests.slack.running")
ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge"
CACHE = ROOT / "data" / "cache"  # what was learned from the real base: shared with `make run` and `make check`
KEY = new_key()
SCHOOL = "fernbank"
NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


# The twins of a test that `make test` leaves to `make everything`, and the files in which it runs them all the same:
# where a second kind of database (leases, rows that others hold) or of connection (what arrives at Slack) is the point.
TWINS = {
    "postgresql": ("tests/store/", "tests/backup/test_files.py", "tests/ladder/test_processes.py",
                   "tests/ladder/test_watchdog.py", "tests/backup/test_after.py::test_the_proof_holds_after_it",
                   "tests/slack/test_either_database.py", "tests/teams/test_either_database.py"),
    "socket": ("tests/slack/test_arriving.py", "tests/slack/test_hands.py", "tests/slack/test_stand_in.py"),
}  # fmt: skip

# Whole files that `make test` leaves to `make everything`: many processes or browsers for what others try more cheaply.
WIDE = (
    "tests/approvals/test_process.py", "tests/backup/test_command.py", "tests/backup/test_page.py",
    "tests/store/test_from_0005.py", "tests/store/test_renewing.py", "tests/teams/test_concern_faults.py",
    "tests/teams/test_record.py", "tests/terminal/test_keys.py",
    "tests/ladder/test_outages.py", "tests/ladder/test_undelivered.py", "tests/slack/test_forged.py",
    "tests/slack/test_killed.py", "tests/teams/test_forged.py", "tests/teams/test_kill.py",
    "tests/teams/test_manifest.py", "tests/terminal/test_concern.py", "tests/terminal/test_inbox.py",
    "tests/terminal/test_people.py", "tests/terminal/test_server_verbs.py", "tests/test_recipes.py",
    "tests/test_tip_adding.py", "tests/test_watching.py", "tests/web/answers/test_browser.py",
    "tests/web/concern/test_browser.py",
    "tests/web/inbox/test_browser.py", "tests/web/test_tip_browser.py",
    "tests/authoring/test_learned_apart.py", "tests/required/test_browser.py",
)  # fmt: skip
# What `make quick` leaves out beside the slow ones: each channel by itself, of what runs on every channel all but the
# page and the terminal, what starts processes or writes documents, and what few changes touch: what was deleted or
# tampered with, calendars of other makers, old bases, each fault that a file of the base can have.
NOT_QUICK = (
    "tests/approvals/", "tests/authoring/", "tests/backup/", "tests/operations/", "tests/slack/",
    "tests/store/test_bound.py", "tests/store/test_deleted.py", "tests/store/test_left_nowhere.py",
    "tests/store/test_proof.py", "tests/teams/", "tests/test_calendar_feeds.py", "tests/test_carrying_over.py",
    "tests/test_edited_meanwhile.py", "tests/test_extras.py", "tests/test_leaving_out.py",
    "tests/test_subject_access.py", "tests/terminal/", "tests/web/", "tests/test_dialogues.py::test_at_slack_with",
    "tests/test_dialogues.py::test_in_teams", "tests/ladder/test_letters.py", "tests/store/test_doors.py",
    "tests/policies/test_command.py", "tests/policies/test_doors.py", "tests/policies/test_reading.py",
    "tests/policy/", "tests/form/test_anything.py", "tests/test_benchmarks.py", "tests/test_cli.py",
    "tests/test_documents.py", "tests/test_gaps.py", "tests/test_policies.py", "tests/test_remarks.py",
    "tests/test_table.py", "tests/test_entries.py::test_what_breaks_a_rule_is_a_fault",
    "tests/test_handover_files.py::test_a_line_that_can_be_misread_is_a_fault",
    "tests/test_knowledge.py::test_a_fault_names_its_place", "tests/test_tips.py::test_a_fault_in_the_files_is_named",
    "tests/readiness/test_paper.py", "tests/readiness/test_verb.py", "tests/required/",
    "tests/test_key_files.py", "tests/test_settings.py", "tests/test_tip_posts.py", "tests/test_typed_files.py",
)  # fmt: skip
IN_A_CHAT = ("slack", "slack, with the agent feature", "http", "socket", "teams", "standard")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of which nothing is run are not read either: that takes each process longer than many tests."""
    left_out = (("not not_quick", NOT_QUICK), ("not wide", WIDE), ("not environments", ("tests/environments/",)))
    here = str(collection_path.relative_to(ROOT)) if collection_path.is_relative_to(ROOT) else ""
    whole = f"{here}/" if collection_path.is_dir() else here
    expression = config.getoption("markexpr")
    return True if any(marks in expression and whole in places for marks, places in left_out) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is wide. Slow tests first: otherwise one process waits at the end for the other one's longest file."""
    for item in items:
        given = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        if any(twin in given and not item.nodeid.startswith(places) for twin, places in TWINS.items()):
            item.add_marker("wide")
        if item.nodeid.startswith(WIDE):
            item.add_marker("wide")
        if item.nodeid.startswith(NOT_QUICK) or any(chat in given for chat in IN_A_CHAT):
            item.add_marker("not_quick")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What was read by now stays until the end: a seventh of the time went into looking for garbage among it."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The real base as its files stand: quick to read. What is learned from it is tried in test_real_base.py alone."""
    return load(KNOWLEDGE)


@pytest.fixture(scope="session")
def school(knowledge: Knowledge) -> School:
    return knowledge.school


@pytest.fixture(scope="session")
def encoder() -> Encoder | None:
    """The sentence model where it is installed; tests that need it skip loudly without it."""
    folder = find_model(None)
    return load_encoder(folder, sha256=WHEEL_SHA256) if folder else None


@pytest.fixture(scope="session")
def base() -> Base:
    """The small base of tests/make_base.py, as its files stand, by words and letters alone. Processes of their own take
    it by ASKFIRST_KNOWLEDGE and ASKFIRST_MODEL=none, with its made-up approvals."""
    knowledge = load(small_base(), approved=False)
    with one_at_a_time(small_cache()):
        return Base(knowledge, understand(knowledge, None, small_cache()))


@pytest.fixture(scope="session")
def lexical(base: Base) -> Base:
    """The small base, for tests that rest on words and letters alone."""
    return base


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """One of the processes that run the tests learns; the others wait for it and read what it kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and nothing in them: copying it is quicker than making one for each test."""
    file = tmp_path_factory.mktemp("migrated") / "askfirst.db"
    open_store(f"sqlite:///{file}", (KEY,), file.with_name("no.key")).close()
    return file


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path / "askfirst.db")
    opened = open_store(f"sqlite:///{tmp_path / 'askfirst.db'}", (KEY,), tmp_path / "no.key")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL for the whole run."""
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_on_postgres(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with every table and nothing in them."""
    made = postgres.new_database()
    open_store(made, (KEY,), tmp_path_factory.mktemp("migrated") / "no.key").close()
    return made.rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either kind: a test that takes it runs on both. Where a store is opened on it by
    `either`, it has its tables already."""
    opened = "either" in request.fixturenames
    if request.param == "sqlite":
        if opened:
            shutil.copy(request.getfixturevalue("migrated"), tmp_path / "either.db")
        return f"sqlite:///{tmp_path / 'either.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database(request.getfixturevalue("migrated_on_postgres")) if opened else cluster.new_database()


@pytest.fixture
def either(database: str, tmp_path: Path) -> Iterator[Store]:
    """A store on either kind of database."""
    opened = open_store(database, (KEY,), tmp_path / "no.key")
    yield opened
    opened.close()


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    return Core(lambda: base, store)


@pytest.fixture
def assistant(core: Core) -> Assistant:
    return core.assistant
