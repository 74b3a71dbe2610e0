"""What `make run` installs, and what the wheel installs: everything is there, and everything starts."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.understanding.encoder import find_model
from tests.conftest import ROOT, one_at_a_time
from tests.databases import Cluster, missing
from tests.environments.making import conflicts, wheel
from tests.environments.using import Workplace
from tests.make_base import small_cache
from tests.slack.server import Slack
from tests.test_sender import Served

TEAMS = {
    "TEAMS_APP_ID": "8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6",
    "TEAMS_TENANT_ID": "11111111-2222-4333-8444-555555555555",
    "TEAMS_APP_PASSWORD": "secret",
}
PACKAGE = ("teams", "package", "--app-id", TEAMS["TEAMS_APP_ID"], "--host", "ask.school.example")
VERBS = (
    "accounts", "adopt", "answers", "approve", "ask", "audit", "backup", "chat", "check", "concern", "doctor", "gaps",
    "inbox", "inbox-link", "keys", "learn", "migrate-base", "people", "policy", "ready", "receipt", "required",
    "restore", "restored", "score", "serve", "sheet", "slack", "subject-access", "teams", "tips", "work",
)  # fmt: skip
QUESTION = "can I friend an ex-pupil?"
PLAINEST: tuple[tuple[tuple[str, ...], str, str], ...] = (  # arguments, what is typed, what is shown
    (("ask", QUESTION), "", "ex-pupil"),
    (("ask", "--why", QUESTION), "", "Which answers are likeliest"),
    (("ask", "--json", "-"), '{"id": 1, "text": "hello"}\n', '"kind": "smalltalk"'),
    (("chat",), "hello\n\n", "Hello"),
    (("score", "questions.yaml"), "", "right"),
    (("gaps",), "", "No gaps"),
    (("doctor", "--demo"), "", "dsl: Ms Amara Bello"),
    (("slack", "manifest", "--agent", "--socket"), "", '"/concern"'),
    (("slack", "manifest", "--socket"), "", '"socket_mode_enabled": true'),
    (PACKAGE, "", "askfirst-teams.zip is the app package"),
    (("tips",), "", "web, at"),
    (("audit",), "", "Nothing has been logged yet"),
    (("audit", "verify"), "", "Nothing that the log proves was changed"),
    (("accounts", "list", "--as", "dsl"), "", "Nothing stands in the register yet"),
    (("sheet", "--text"), "", "020 7946 0101"),
    (("approve",), "", "answers are approved"),
    (("keys", "new"), "", "="),
    (("inbox", "dsl"), "", "Nothing is waiting"),
    (("inbox-link", "dsl"), "", "http://127.0.0.1"),
    (("ready", "dsl"), "", "No review was begun yet"),
)
SAID = {
    "Is anyone in danger now?": "2", "told someone": "1", "Whom is it about": "1",
    "What did you see": "He had a bruise.",
    "Pupil or pupils": "Sam Example, 7B", "Your full name": "Jo Example", "Your role": "Teacher",
}  # fmt: skip


def modules() -> list[str]:
    """Every module of the two packages, by its file: one that was left out of what is installed is missed."""
    files = [file.relative_to(ROOT) for name in ("bot", "adapters") for file in (ROOT / name).rglob("*.py")]
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in sorted(files)]
    return [name for name in names if not name.startswith("bot.store.migrations.")]  # Alembic runs those, see serve


def test_every_module_is_there_and_can_be_imported_from_the_environment_alone(here: Workplace) -> None:
    program = f"""
import importlib, json, pkgutil, sys
import bot, adapters
walked = [m.name for p in (bot, adapters) for m in pkgutil.walk_packages(p.__path__, p.__name__ + ".")
          if not m.name.startswith("bot.store.migrations.")]
found = [importlib.import_module(name) for name in sorted({{*walked, *{modules()!r}}})]
print(json.dumps([m.__file__ for m in found]))
"""
    done = here.python(program)
    assert done.returncode == 0, done.stderr
    files = [Path(file) for file in json.loads(done.stdout)]
    assert len(files) >= len(modules())
    assert not [file for file in files if file.is_relative_to(ROOT)], "that is the repository, not what was installed"


def test_it_says_its_version(here: Workplace) -> None:
    number = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert number
    assert here.run("--version").stdout == f"askfirst {number[1]}\n"


def test_what_is_installed_fits_together(here: Workplace) -> None:
    """No package lacks another, and none is of a version that another does not work with."""
    assert conflicts(here.environment) == "No broken requirements found."


def test_every_verb_says_what_it_does(here: Workplace) -> None:
    """All of them in one process: that each starts in one of its own is tried below."""
    program = f"""
import contextlib, io, json, sys
from adapters.command.main import run_verb
sys.argv[0], said = "askfirst", {{}}
for verb in {VERBS!r}:
    shown, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(complained):
        try:
            run_verb([verb, "--help"])
        except SystemExit as end:
            said[verb] = [end.code, shown.getvalue(), complained.getvalue()]
print(json.dumps(said))
"""
    done = here.python(program)
    said = json.loads(done.stdout)
    assert list(said) == list(VERBS)
    for verb, (status, shown, complained) in said.items():
        assert (status, complained) == (0, "")
        assert shown.startswith(f"usage: askfirst {verb}")


@pytest.mark.parametrize("verb", ["adopt", "answers", "learn", "migrate-base", "people", "policy", "subject-access"])
def test_a_verb_that_is_not_tried_below_starts(here: Workplace, verb: str) -> None:
    done = here.run(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_no_verb_is_forgotten_here(here: Workplace) -> None:
    done = here.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: askfirst")
    named = re.findall(r"^    ([a-z][a-z-]*)(?: |$)", done.stdout, re.MULTILINE)
    assert sorted(named) == sorted(VERBS)


@pytest.mark.parametrize(("arguments", "typed", "shown"), PLAINEST, ids=[" ".join(each[0][:2]) for each in PLAINEST])
def test_every_verb_does_the_plainest_thing(
    here: Workplace, arguments: tuple[str, ...], typed: str, shown: str
) -> None:
    questions = "- {id: 1, text: 'can I friend an ex-pupil?', kind: guidance, clauses: [edugeek-08]}\n"
    (here.folder / "questions.yaml").write_text(questions, encoding="utf-8")
    done = here.run(*arguments, typed=typed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert shown in done.stdout


def test_the_knowledge_base_is_checked(here: Workplace) -> None:
    done = here.run("check")  # the small base was cut out of one that covers every clause
    assert done.returncode == 1
    assert "no entry covers this clause" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_school_comes_with_it(here: Workplace) -> None:
    done = here.run("doctor", "--demo", ASKFIRST_KNOWLEDGE="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "knowledge: " in done.stdout
    assert str(ROOT) not in done.stdout


def test_questions_are_compared_by_meaning_where_the_sentence_model_is(here: Workplace) -> None:
    model = find_model(None)
    if model is None:
        missing("NO SENTENCE MODEL: make test installs it; what reads it was not tried")
    with one_at_a_time(small_cache()):  # in the first environment it is learned, the others read what was kept
        done = here.run("ask", QUESTION, ASKFIRST_MODEL=str(model))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ex-pupil" in done.stdout


def test_a_concern_is_logged_and_worked_on_in_the_terminal(here: Workplace) -> None:
    logged = here.in_talk("concern", replies=SAID)
    found = re.search(r"Your receipt: (\S+)", logged)
    assert found, logged
    assert "Concern " in here.run("receipt", found[1]).stdout
    number = here.run("inbox", "dsl").stdout.split()[0]
    read = here.run("inbox", "dsl", number)
    assert "He had a bruise." in read.stdout, read.stderr
    assert here.run("inbox", "dsl", number, "acknowledge").returncode == 0
    audited = here.run("audit", "verify")
    assert (audited.returncode, "0 lines" in audited.stdout) == (0, False), audited.stdout


def test_a_backup_is_taken_and_put_back(here: Workplace) -> None:
    assert here.run("audit").returncode == 0
    for arguments, shown in (
        (("backup", "one.backup"), "The keys are not in it"),
        (("restore", "one.backup"), "Start the server now"),
        (("restored", "--run-now"), "Alerts go on now."),
    ):
        done = here.run(*arguments)
        assert (done.returncode, shown in done.stdout) == (0, True), done.stderr


def starts(here: Workplace, *said: str, **given: str) -> None:
    with here.started("serve", **given) as server:
        server.answers("/health")
        for text in said:
            server.says(text)
        server.stop()


def test_the_page_is_served(here: Workplace) -> None:
    starts(here, "Web page: on", "Slack: off")


async def test_slack_is_served_over_http(here: Workplace, slack: Slack) -> None:
    secret = {"SLACK_SIGNING_SECRET": slack.signing_secret}
    await asyncio.to_thread(starts, here, "Slack: on", **over(slack), **secret)


async def test_slack_is_served_over_a_socket(here: Workplace, slack: Slack) -> None:
    with here.started("serve", **over(slack), SLACK_APP_TOKEN=slack.app_token) as server:
        await slack.opens_sockets(within=120)
        await asyncio.to_thread(server.answers, "/health")
        await asyncio.to_thread(server.stop)


def over(slack: Slack) -> Mapping[str, str]:
    """The settings of a workspace's app; Slack's client would send what is for this machine to the proxy as well."""
    return {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url, "HTTP_PROXY": "", "HTTPS_PROXY": ""}


def test_slack_is_served_to_workspaces_that_install_it(here: Workplace) -> None:
    app = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret", "SLACK_SIGNING_SECRET": "secret"}
    starts(here, "Slack: on", **app)


def test_teams_is_served(here: Workplace) -> None:
    starts(here, "Teams: on", **TEAMS, ASKFIRST_URL="https://ask.school.example")


def test_it_is_served_from_postgresql(here: Workplace, postgres: Cluster) -> None:
    database = postgres.new_database().replace("+psycopg", "")
    starts(here, "Web page: on", ASKFIRST_DATABASE_URL=database)
    assert here.run("audit", "verify", ASKFIRST_DATABASE_URL=database).returncode == 0


def test_an_alert_is_sent_by_e_mail(here: Workplace, mailbox: Served) -> None:
    box, mail = mailbox
    given = {"ASKFIRST_SMTP": f"smtp+plain://{mail.host}:{mail.port}", "ASKFIRST_MAIL_FROM": mail.sender}
    here.in_talk("concern", replies={**SAID, "Is anyone in danger now?": "1"}, **given)
    with here.started("serve", **given) as server:
        server.answers("/health")
        server.waits_for(lambda: box.letters)
        server.stop()


def test_alerts_are_sent_by_a_process_of_their_own(here: Workplace) -> None:
    with here.started("work") as worker:
        worker.says("Sending alerts")
        worker.stop()


def test_type_checkers_are_told_that_it_is_typed(shop: Path) -> None:
    with zipfile.ZipFile(wheel(shop)) as archive:
        assert {"bot/py.typed", "adapters/py.typed"} <= set(archive.namelist())
