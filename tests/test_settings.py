"""Wrong and half-made settings: all of them are named at once, and nobody is stopped by one that they do not use."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from adapters.command.doctor import examine
from adapters.command.main import run_verb
from adapters.command.serve import announcement
from bot.answering.checking import LeftOut, leaving_out
from bot.answering.dialogue import Base
from bot.settings import SettingsError, read_settings, settings_with_faults
from tests.conftest import NOW
from tests.databases import free_port, wait_until
from tests.terminal.driving import Desk, Done, with_learned_state

Typed = Callable[..., Done]

WRONG = {
    "ASKFIRST_PORT": "eighty",
    "ASKFIRST_PROXIES": "many",
    "ASKFIRST_URL": "ask.fernbank.example",
    "ASKFIRST_WEBHOOK_SECRET": "s3cr3t",
    "ASKFIRST_SMTP": "mail.fernbank.example",
    "ASKFIRST_MAIL_FROM": "nobody",
    "SLACK_BOT_TOKEN": "xapp-1",
    "SLACK_APP_TOKEN": "xoxb-1",
    "SLACK_AGENT": "yes",
    "TEAMS_APP_ID": "7c1f0a52",
    "TEAMS_TENANT_ID": "fernbank.example",
    "TEAMS_APP_PASSWORD": "0b0d6f3a-9a52-4c53-b6d2-3f4f0a1d2c3b",
    "TEAMS_SECRET_ENDS": "soon",
}
SECRETS = ("s3cr3t", WRONG["TEAMS_APP_PASSWORD"], "xapp-1", "xoxb-1")
HALF: Mapping[str, tuple[dict[str, str], str, str]] = {
    "Slack without its token": ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN", "Slack"),
    "Slack with a signing secret alone": ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN", "Slack"),
    "Slack for several without its id": ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID", "Slack"),
    "Teams with a secret alone": ({"TEAMS_APP_PASSWORD": "s"}, "TEAMS_APP_ID", "Teams"),
    "Teams with a certificate alone": ({"TEAMS_APP_CERTIFICATE": "a.pem"}, "TEAMS_APP_ID", "Teams"),
    "Teams with a tenant alone, for others": (
        {"TEAMS_TENANT_ID": "t", "ASKFIRST_URL": "https://ask.fernbank.example"}, "TEAMS_APP_ID", "Teams",
    ),
    "e-mail without a server": ({"ASKFIRST_MAIL_FROM": "askfirst@fernbank.example"}, "ASKFIRST_SMTP", "e-mail"),
    "e-mail without a password": (
        {"ASKFIRST_SMTP": "smtp://ask@mail.fernbank.example", "ASKFIRST_MAIL_FROM": "a@fernbank.example"},
        "ASKFIRST_SMTP", "e-mail",
    ),
}  # fmt: skip
UNFINISHED: Mapping[str, tuple[dict[str, str], str, str]] = {
    "Slack without either way": ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET", "Slack"),
    "Teams without a secret": (
        {"TEAMS_APP_ID": "7c1f0a52-3d84-4b6e-9a57-2e6f8d1b0c35",
         "TEAMS_TENANT_ID": "3b9d6c1e-52a7-4f08-8e41-6d0a7c9f2b18"},
        "TEAMS_APP_PASSWORD", "Teams",
    ),
    "e-mail without a sender": ({"ASKFIRST_SMTP": "smtp://mail.fernbank.example"}, "ASKFIRST_MAIL_FROM", "e-mail"),
}  # fmt: skip


def named_in(text: str) -> set[str]:
    """The variables that a text says something of."""
    lines = (line.strip().removeprefix("FAULT  settings: ") for line in text.splitlines())
    return {name for line in lines if (name := line.partition(": ")[0]) in WRONG}


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """A verb as it is typed with these settings, in this process: that it starts in one of its own is tried below."""
    monkeypatch.chdir(tmp_path)

    def run(given: dict[str, str], *arguments: str) -> Done:
        with patch.dict(os.environ, Desk(tmp_path, given).environment, clear=True):
            status = run_verb(arguments)
        shown = capsys.readouterr()
        return Done(status, shown.out, shown.err)

    return run


def test_every_wrong_variable_is_named_at_once(tmp_path: Path) -> None:
    done = Desk(tmp_path, WRONG).run("serve")
    assert done.status == 1
    assert done.complained.startswith(f"askfirst: {len(WRONG)} settings cannot be used:\n")
    assert named_in(done.complained) == set(WRONG)
    assert not [secret for secret in SECRETS if secret in done.complained]


def test_one_wrong_variable_is_one_line(typed: Typed) -> None:
    done = typed({"ASKFIRST_PORT": "eighty"}, "work")
    assert done.complained == "askfirst: ASKFIRST_PORT: 'eighty' is not a port. Set it to a number from 1 to 65535.\n"


def test_doctor_names_them_all_and_goes_on_with_the_rest(typed: Typed) -> None:
    done = typed(WRONG, "doctor")
    assert done.status == 1 and not done.complained
    assert named_in(done.shown) == set(WRONG)
    assert "ok     knowledge: " in done.shown and "ok     database: " in done.shown
    for channel in ("Slack: not in use, see SLACK_", "Teams: not in use, see TEAMS_", "e-mail: see ASKFIRST_SMTP"):
        assert f"FAULT  {channel}" in done.shown
    assert "FAULT  ways: with these settings no server starts" in done.shown
    assert not [secret for secret in SECRETS if secret in done.shown]


@pytest.mark.parametrize(
    ("verb", "answered"),
    [("check", "faults in the knowledge base"), ("ask hello", "Hello"), ("audit", "Nothing has been logged yet"),
     ("receipt x", "no such receipt")],
)  # fmt: skip
def test_a_verb_is_not_stopped_by_what_it_does_not_use(
    typed: Typed, base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, answered: str
) -> None:
    with_learned_state(tmp_path)  # where the fixture `base` has kept what was learned
    nothing_lost = LeftOut(1.0, 1.0, 0.0, ())  # what learns the base five times over is tried in test_leaving_out.py
    monkeypatch.setattr(leaving_out, "left_out", lambda *_: nothing_lost)
    done = typed(WRONG, *verb.split())
    assert not named_in(done.complained), done.complained
    assert answered in done.shown + done.complained


def test_the_manifest_needs_the_address_and_not_the_token(typed: Typed) -> None:
    tokens = {name: value for name, value in WRONG.items() if name.startswith(("SLACK_", "TEAMS_"))}
    done = typed(tokens, "slack", "manifest", "--socket")
    assert done.status == 0 and done.shown.startswith("{")
    done = typed(WRONG, "slack", "manifest", "--socket")
    assert done.status == 1 and named_in(done.complained) == {"ASKFIRST_URL", "ASKFIRST_PORT"}


def test_a_concern_is_logged_all_the_same_and_nobody_is_said_to_be_told() -> None:
    mail = {"ASKFIRST_SMTP": "smtp://mail.fernbank.example", "ASKFIRST_MAIL_FROM": "a@fernbank.example"}
    assert settings_with_faults(mail).alerting == "sent"
    assert settings_with_faults({**mail, "ASKFIRST_PROXIES": "many"}).alerting == "nowhere"


@pytest.mark.parametrize("name", HALF)
def test_what_is_half_set_up_is_a_fault_for_doctor_and_stops_nothing(name: str, base: Base) -> None:
    given, missing, channel = HALF[name]
    settings = read_settings(given)
    (fault,) = settings.faults
    assert fault.name == missing and not fault.stops
    said = "\n".join(announcement(settings, base, ()))
    assert f"{channel}: off" not in said
    assert channel == "e-mail" or f"{channel}: NOT IN USE ({missing}: it is not set" in said


@pytest.mark.parametrize("name", [*HALF, *UNFINISHED])
def test_doctor_names_the_variable_that_is_missing(tmp_path: Path, name: str) -> None:
    given, missing, channel = {**HALF, **UNFINISHED}[name]
    well, lines = examine(settings_with_faults({**Desk(tmp_path).environment, **given}), lambda _: {}, NOW, demo=True)
    assert not well
    (fault,) = [line for line in lines if line.startswith("FAULT  settings: ")]
    assert fault.startswith(f"FAULT  settings: {missing}: ")
    assert [line[:5] for line in lines if line[7:].startswith(f"{channel}: ")] == ["FAULT"]


def test_serve_says_what_is_half_set_up_at_its_start(tmp_path: Path) -> None:
    with_learned_state(tmp_path)
    given = {"SLACK_APP_TOKEN": "xapp-1", "ASKFIRST_MAIL_FROM": "a@fernbank.example", "ASKFIRST_PORT": str(free_port())}
    with Desk(tmp_path, given).running("serve", "--demo") as log:
        wait_until(lambda: "Web page: on" in log.read_text(encoding="utf-8"), 60)
        said = log.read_text(encoding="utf-8")
    assert "FAULT: SLACK_BOT_TOKEN: it is not set, and SLACK_APP_TOKEN is: Slack is half set up" in said
    assert "FAULT: ASKFIRST_SMTP: it is not set, and ASKFIRST_MAIL_FROM is: e-mail is half set up" in said
    assert "Slack: NOT IN USE (SLACK_BOT_TOKEN" in said


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_channel_that_could_not_work_stops_the_server(name: str) -> None:
    given, missing, _ = UNFINISHED[name]
    with pytest.raises(SettingsError, match=f"^{missing}: "):
        read_settings(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ASKFIRST_SMTP", "smtp://[x"), ("ASKFIRST_URL", "https://[x"), ("ASKFIRST_PORT", "9" * 5000),
     ("ASKFIRST_PROXIES", "9" * 5000), ("ASKFIRST_PORT", "²")],
)  # fmt: skip
def test_whatever_is_set_is_a_fault_with_a_name_and_never_a_crash(name: str, value: str) -> None:
    assert name in {fault.name for fault in settings_with_faults({name: value}).faults}


def test_teams_is_not_tried_out_unchecked_where_nobody_knows_who_reaches_the_page() -> None:
    trial = {"ASKFIRST_TEAMS_TRY": "1"}
    assert settings_with_faults(trial).teams is not None
    assert settings_with_faults({**trial, "ASKFIRST_URL": "ask.fernbank.example"}).teams is None
    assert settings_with_faults({**trial, "TEAMS_APP_PASSWORD": "s"}).teams is None
