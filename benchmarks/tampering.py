"""Somebody who writes into the database by hand, or a false name into the form: stages of benchmarks.faults."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import sqlalchemy as sa

from benchmarks.place import opened
from benchmarks.report import ROOT
from benchmarks.reporter import Browser, Reporter, Told
from benchmarks.school import MARK, answers_for
from benchmarks.server import COMMAND, Installation
from benchmarks.staging import IMMEDIATE, ORDINARY, Seen, Stage, staged
from bot.store.sealing.vault import VaultError

_ABOUT_AN_ADULT, _ABOUT_THE_DSL = 3, 8  # the numbers of made-up forms that are
_IN_2099 = 4_070_908_800_000  # milliseconds
_FALSE_NAME = 6_001
_IN_THEIR_NAME = "A concern was logged in your name"


def reader_added(_: float) -> Seen:
    """Whoever may read a concern about a pupil is written beside one about an adult."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.log(_ABOUT_AN_ADULT)
        first, last = (_asked(stage, f"SELECT number FROM concerns ORDER BY logged_at {way}") for way in ("", "DESC"))
        theirs = "SELECT reader FROM readers WHERE concern = "
        _edit(
            stage,
            f"INSERT INTO readers SELECT school, '{last}', reader FROM readers WHERE concern = '{first}' "
            f"AND reader NOT IN ({theirs} '{last}')",
        )
        return _proved(stage, "readers")


def value_copied(_: float) -> Seen:
    """What is sealed of one concern is put in the place of another's."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.log(_ABOUT_AN_ADULT)
        first, last = (_asked(stage, f"SELECT number FROM concerns ORDER BY logged_at {way}") for way in ("", "DESC"))
        theirs = f"(SELECT about FROM concerns WHERE number = '{last}')"
        _edit(stage, f"UPDATE concerns SET about = {theirs} WHERE number = '{first}'")
        return _proved(stage, f"{first}: kind")


def opened_elsewhere(_: float) -> Seen:
    """What is sealed is put where AskFirst shows it to somebody else: a report among the questions that nobody could
    answer, another name into one's own session."""
    with staged() as stage, stage.mail(), opened(stage.installation) as store:
        stage.log(_ABOUT_AN_ADULT)
        _edit(
            stage,
            "INSERT INTO gaps SELECT 'x', school, {day}, detail, NULL, 'no-answer' FROM events WHERE kind = 'logged'",
        )
        said = _run(stage.installation, "gaps")[1]
        stage.seen.check(MARK not in said, "askfirst gaps shows nothing of it", "askfirst gaps shows the report")
        sign_in, now = store.sign_in(stage.installation.school.id), stage.installation.now()
        deputy = sign_in.use_link(sign_in.make_link("deputy", now), now) or ""
        first = _asked(stage, "SELECT token FROM sessions")
        chair = sign_in.use_link(sign_in.make_link("chair", now), now) or ""
        second = _asked(stage, f"SELECT token FROM sessions WHERE token <> '{first}'")
        whole = (sign_in.who(deputy, now), sign_in.who(chair, now)) == ("deputy", "chair")
        stage.seen.check(whole, "two people are signed in", "nobody could sign in: this shows nothing")
        theirs = f"(SELECT person FROM sessions WHERE token = '{second}')"
        _edit(stage, f"UPDATE sessions SET person = {theirs} WHERE token = '{first}'")
        try:
            who = sign_in.who(deputy, now)
        except VaultError:
            who = None
        stage.seen.check(who is None, "the deputy's session opens nothing", f"the deputy is signed in as {who}")
        return stage.seen


def shut_out_no_more(_: float) -> Seen:
    """Whoever a concern is about is no longer kept from it, and is written among its readers."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.log(_ABOUT_THE_DSL)
        number = _asked(stage, "SELECT concern FROM excluded")
        _edit(stage, f"DELETE FROM excluded WHERE concern = '{number}'")
        return _proved(stage, f"{number}: excluded")


def alerts_put_off(_: float) -> Seen:
    """Everybody who waits to be told is told in seventy years."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        _edit(stage, f"UPDATE notices SET next_at = {_IN_2099} WHERE kind = 'alert' AND rung > 0")
        return _proved(stage, "wait for longer")


def urgency_lowered(_: float) -> Seen:
    """A concern is no longer immediate."""
    with staged() as stage, stage.mail():
        stage.log(IMMEDIATE)
        _edit(stage, "UPDATE concerns SET urgent = FALSE")
        return _proved(stage, "urgency")


def another_reporter(_: float) -> Seen:
    """Whoever logged a concern no longer hears of it, and their receipt opens nothing: both are somebody else's."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.log(_ABOUT_AN_ADULT)
        first = _asked(stage, "SELECT min(number) FROM concerns")
        theirs = f"(SELECT reporter FROM concerns WHERE number <> '{first}')"
        made_up = "0" * len(_asked(stage, "SELECT min(receipt) FROM concerns"))
        _edit(stage, f"UPDATE concerns SET reporter = {theirs}, receipt = '{made_up}' WHERE number = '{first}'")
        _proved(stage, f"{first}: reporter")
        return _proved(stage, f"{first}: receipt")


def logged_later(_: float) -> Seen:
    """A concern looks as if it had come a month after it did."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        _edit(stage, f"UPDATE concerns SET logged_at = logged_at + {30 * 86_400_000}")
        return _proved(stage, "logged at")


def rung_deleted(_: float) -> Seen:
    """The last people on the ladder are never told."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        _edit(stage, "DELETE FROM notices WHERE kind = 'alert' AND rung = (SELECT max(rung) - 1 FROM notices)")
        return _proved(stage, "alerts")


def restore_made_up(_: float) -> Seen:
    """Somebody whose receipt is gone would be told that a backup was put back, which nobody did."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        _edit(stage, "INSERT INTO restores SELECT DISTINCT school, 2000, 1000, 2000, 2000, FALSE FROM concerns")
        return _proved(stage, "restores")


def lines_deleted(_: float) -> Seen:
    """Every line of the log goes, with its mark: nothing is left that could be in the wrong order."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")  # else its line would be the first of a new log
        _edit(stage, "DELETE FROM events")
        _edit(stage, "DELETE FROM chains")
        return _proved(stage, "the log has no line")


def put_back(_: float) -> Seen:
    """What was logged last is taken out as if it had never been, and somebody has kept its line."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")
        _edit(stage, "CREATE TABLE older AS SELECT * FROM chains")
        length = int(_asked(stage, "SELECT length FROM chains"))
        stage.log(_ABOUT_AN_ADULT)
        kept = _audit(stage.installation)[1].splitlines()[-1].split()[0]
        _edit(stage, f"DELETE FROM events WHERE number > {length}")
        _edit(stage, "DELETE FROM chains")
        _edit(stage, "INSERT INTO chains SELECT * FROM older")
        for table in ("readers", "notices", "excluded"):
            _edit(stage, f"DELETE FROM {table} WHERE concern NOT IN (SELECT concern FROM events)")
        _edit(stage, "DELETE FROM concerns WHERE number NOT IN (SELECT concern FROM events)")
        return _proved(stage, "which was kept", "--since", kept)


def false_name(_: float) -> Seen:
    """Somebody who is not signed in gives the name of the DSL."""
    answers = {**answers_for(ORDINARY), "you_name": ("Amara Bello",), "you_role": (), "you_email": ()}
    with staged() as stage, stage.mail():
        reporter = Reporter(Browser(stage.installation.port, _FALSE_NAME), Told(_FALSE_NAME, answers), lambda: None)
        reporter.open()
        reporter.press()
        stage.hears(["dsl"], 15, "at once")
        named = any(_IN_THEIR_NAME in letter.text for letter in stage.alerts())
        stage.seen.check(named, "the letter says that the name was given", "the letter does not say it")
        return stage.seen


def _edit(stage: Stage, statement: str) -> None:
    """By hand, in either kind of database: booleans as FALSE, {day} as a date."""
    engine = sa.create_engine(stage.installation.database)
    day = "'2026-11-02'" if engine.dialect.name == "sqlite" else "DATE '2026-11-02'"
    with engine.begin() as connection:
        connection.execute(sa.text(statement.replace("{day}", day)))
    engine.dispose()


def _asked(stage: Stage, query: str) -> str:
    engine = sa.create_engine(stage.installation.database)
    with engine.connect() as connection:
        found = connection.execute(sa.text(query)).scalar()
    engine.dispose()
    return str(found)


def _audit(installation: Installation, *arguments: str) -> tuple[int, str]:
    return _run(installation, "audit", *arguments)


def _run(installation: Installation, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, env=installation.environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def _proved(stage: Stage, word: str, *more: str) -> Seen:
    """The proof must fail, and name what was changed."""
    status, said = _audit(stage.installation, "verify", *more)
    fault = next((line for line in said.splitlines() if word in line), "")
    stage.seen.check(status == 1 and bool(fault), f"verify: {fault.partition('. ')[0]}", f"verify: {status}, {said!r}")
    return stage.seen


Edit = tuple[str, str, str, Callable[[float], Seen]]
TAMPERING: tuple[Edit, ...] = (
    (
        "reader added", "a row of the table of readers is copied to a concern about an adult",
        "audit verify ends with 1 and names the concern and its readers", reader_added,
    ),
    (
        "value copied", "a sealed value of a concern about an adult is copied over that of another concern",
        "it does not open there; audit verify ends with 1 and names the concern", value_copied,
    ),
    (
        "opened elsewhere", "a report is copied among the questions that are kept, the chair's name into a session",
        "askfirst gaps does not show it, and nobody is signed in as the chair", opened_elsewhere,
    ),
    (
        "shut out no more", "the row that keeps the person it is about from a concern is deleted",
        "audit verify ends with 1 and names who was shut out", shut_out_no_more,
    ),
    (
        "alerts put off", "every rung of a ladder but the first is moved to the year 2099",
        "audit verify ends with 1 and names its alerts", alerts_put_off,
    ),
    (
        "urgency lowered", "a concern in danger is marked as not urgent in its table",
        "audit verify ends with 1 and names its urgency", urgency_lowered,
    ),
    (
        "another reporter", "the reporter of a concern is written over with another's, and its receipt",
        "audit verify ends with 1 and names both", another_reporter,
    ),
    (
        "logged later", "the time at which a concern was logged is moved by a month",
        "audit verify ends with 1 and names it", logged_later,
    ),
    (
        "rung deleted", "a rung of a waiting ladder is deleted from the table of what is to be sent",
        "audit verify ends with 1 and names its alerts", rung_deleted,
    ),
    (
        "restore made up", "a backup that nobody put back is written into the table of restores",
        "audit verify ends with 1 and names the restores", restore_made_up,
    ),
    (
        "log emptied", "every line of the audit log is deleted, and the mark at its end",
        "audit verify ends with 1 and says that there were lines", lines_deleted,
    ),
    (
        "put back", "the newest concern is taken out of every table, and the log is as it was before",
        "audit verify --since a line that was kept ends with 1", put_back,
    ),
    (
        "a false name", "somebody who is not signed in logs a concern in the DSL's name",
        "the DSL is told, and that their name was given", false_name,
    ),
)  # fmt: skip
