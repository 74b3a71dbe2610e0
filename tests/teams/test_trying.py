"""`askfirst doctor` signs in to Microsoft for real, and says what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.trying import try_sign_in
from bot.settings import Teams
from tests.teams.entra import SECRET, Entra
from tests.teams.entra_net import NOBODY, on_the_net, through
from tests.teams.test_sign_in import made, pem, with_file
from tests.teams.world import APP_ID, TENANT
from tests.terminal.driving import Desk, Done

NOW = dt.datetime.now(dt.UTC)
TOKEN = "a-token-that-nobody-may-see"
ANOTHER = "5c0d5a4e-7f7e-4b6f-9a59-0c1f2f6f3b11"
APP = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": SECRET, "TEAMS_TENANT_ID": TENANT}


@pytest.fixture
def entra() -> Entra:
    return Entra(TOKEN, tenant=TENANT, app_id=APP_ID)


@contextmanager
def doctor(tmp_path: Path, entra: Entra) -> Iterator[Callable[[Mapping[str, str]], tuple[str, Done]]]:
    """`askfirst doctor` with an app, on a net where this is Microsoft: its line on the sign-in, and how it ended."""
    with on_the_net(entra, tmp_path) as net:

        def look(changed: Mapping[str, str]) -> tuple[str, Done]:
            done = Desk(tmp_path, {**net, **APP, **changed}).run("doctor", "--demo")
            lines = [each for each in done.shown.splitlines() if "Teams sign-in: " in each]
            (line,) = [each for each in lines if "nobody was refused" not in each]
            return line, done

        yield look


def test_an_app_that_is_set_up_right_is_taken(tmp_path: Path, entra: Entra) -> None:
    with doctor(tmp_path, entra) as look:
        line, done = look({})
    assert line == "ok     Teams sign-in: Microsoft took the app's id and secret"
    assert entra.asked == 1
    assert TOKEN not in done.shown + done.complained and SECRET not in done.shown + done.complained


def test_what_microsoft_refuses_is_a_fault_and_nothing_secret_is_shown(tmp_path: Path, entra: Entra) -> None:
    with doctor(tmp_path, entra) as look:
        line, done = look({"TEAMS_APP_PASSWORD": "wrong-one"})
    assert line.startswith("FAULT  Teams sign-in: Microsoft refused the app's sign-in (AADSTS7000215)")
    assert done.status == 1
    for hidden in (SECRET, "wrong-one", "Trace ID"):
        assert hidden not in done.shown + done.complained


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Teams(APP_ID, "wrong-one", TENANT), "TEAMS_APP_PASSWORD is not the value of a client secret of this app"),
        (Teams(APP_ID, SECRET, ANOTHER), "there is no tenant TEAMS_TENANT_ID"),
        (Teams(ANOTHER, SECRET, TENANT), "there is no app TEAMS_APP_ID in the tenant TEAMS_TENANT_ID"),
    ],
)
def test_what_is_to_be_done_is_said(entra: Entra, settings: Teams, told: str) -> None:
    trial = try_sign_in(settings, NOW, entra)
    assert trial.mark == "FAULT" and told in trial.said


def test_a_secret_that_has_ended_is_told_from_a_wrong_one(entra: Entra) -> None:
    entra.over = True
    trial = try_sign_in(Teams(APP_ID, SECRET, TENANT), NOW, entra)
    assert trial.mark == "FAULT" and "has ended. Make a new one" in trial.said


def test_a_certificate_is_taken_too(tmp_path: Path) -> None:
    certificate = made()
    settings = with_file(tmp_path, pem("the app", certificate))
    trial = try_sign_in(settings, NOW, Entra(TOKEN, certificate=certificate, tenant=TENANT, app_id=APP_ID))
    assert (trial.mark, trial.said) == ("ok", "Microsoft took the app's id and certificate")


def test_without_a_network_it_is_no_fault_of_the_app(tmp_path: Path) -> None:
    done = Desk(tmp_path, {**through(NOBODY), **APP}).run("doctor", "--demo")
    (line,) = [each for each in done.shown.splitlines() if "could not be tried" in each]
    assert line.startswith("WARN   Teams sign-in: it could not be tried: login.microsoftonline.com was not reached")
    assert SECRET not in done.shown + done.complained


def test_an_outage_of_microsofts_is_no_fault_of_the_app(entra: Entra) -> None:
    entra.outage = True
    assert try_sign_in(Teams(APP_ID, SECRET, TENANT), NOW, entra).mark == "WARN"


class _Elsewhere(Entra):
    """Something that is not Microsoft answers in its place, as where a network wants to be signed in to."""

    def get(self, url: str, **_: Any) -> Any:
        return type("Page", (), {"status_code": 200, "text": "<html>Sign in to the network</html>", "headers": {}})()


def test_a_page_of_the_network_is_not_taken_for_an_answer() -> None:
    trial = try_sign_in(Teams(APP_ID, SECRET, TENANT), NOW, _Elsewhere(TOKEN))
    assert trial.mark == "WARN"


def test_another_certificate_is_named(tmp_path: Path) -> None:
    settings = with_file(tmp_path, pem("another", made(key="another")))
    trial = try_sign_in(settings, NOW, Entra(TOKEN, certificate=made()))
    assert trial.mark == "FAULT" and "TEAMS_APP_CERTIFICATE is not one of this app" in trial.said
