"""Signing in between Microsoft and the app: a certificate, the end of a secret, and requests that are refused."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from adapters.command.doctor import examine
from adapters.delivering.mail import MailWay
from adapters.delivering.reminders import SignInReminder
from adapters.teams import how_long, refused_lately
from adapters.teams.faults import TeamsError
from adapters.teams.tokens import Tokens
from bot.service.core import Core
from bot.settings import Mail, SettingsError, Teams, read_settings
from tests.conftest import NOW
from tests.make_base import small_base
from tests.slack.school import Clock
from tests.teams.entra import SECRET, Entra
from tests.teams.school import AtSchool
from tests.teams.tokens import private_key
from tests.teams.world import APP_ID, TENANT
from tests.test_sender import Mailbox

APP = {"TEAMS_APP_ID": APP_ID, "TEAMS_TENANT_ID": TENANT}
TODAY = dt.datetime.now(dt.UTC)


def made(ends: dt.datetime = TODAY + dt.timedelta(days=300), key: str = "the app") -> x509.Certificate:
    """A certificate of its own making, as a technician makes one with openssl."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "askfirst")])
    building = x509.CertificateBuilder(name, name, private_key(key).public_key(), x509.random_serial_number())
    building = building.not_valid_before(ends - dt.timedelta(days=365)).not_valid_after(ends)
    return building.sign(private_key(key), hashes.SHA256())


def pem(*parts: x509.Certificate | str) -> bytes:
    """Certificates, and keys by their names, as they stand in one file."""
    shape = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b"".join(
        private_key(each).private_bytes(*shape)
        if isinstance(each, str)
        else each.public_bytes(serialization.Encoding.PEM)
        for each in parts
    )


def with_file(tmp_path: Path, content: bytes) -> Teams:
    file = tmp_path / "askfirst.pem"
    file.write_bytes(content)
    return Teams(APP_ID, "", TENANT, file)


@pytest.mark.parametrize("key_first", [True, False])
async def test_the_app_signs_in_with_a_key_and_its_certificate(tmp_path: Path, key_first: bool) -> None:
    certificate = made()
    parts = ("the app", certificate) if key_first else (certificate, "the app")
    entra = Entra("a-token", certificate=certificate)
    assert await Tokens(with_file(tmp_path, pem(*parts)), entra).current() == "a-token"
    assert entra.asked == 1


async def test_another_certificate_is_refused_and_the_setting_is_named(tmp_path: Path) -> None:
    settings = with_file(tmp_path, pem("another", made(key="another")))
    with pytest.raises(TeamsError, match="TEAMS_APP_CERTIFICATE"):
        await Tokens(settings, Entra("a-token", certificate=made())).current()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "there is no key"),
        (b"\xff\xfe", "there is no key"),
        (pem(made()), "there is no key"),
        (pem("the app"), "there is no certificate"),
        (pem("another", made()), "is not that of its certificate"),
        (pem("the app", made(TODAY - dt.timedelta(days=1))), "the certificate in"),
    ],
    ids=["empty", "no text", "no key", "no certificate", "not a pair", "over"],
)
async def test_a_file_that_cannot_be_used_says_what_is_wrong(tmp_path: Path, content: bytes, told: str) -> None:
    settings = with_file(tmp_path, content)
    with pytest.raises(TeamsError, match=told) as refused:
        await Tokens(settings, Entra("a-token")).current()
    assert "TEAMS_APP_CERTIFICATE" in str(refused.value)
    assert "PRIVATE KEY" not in str(refused.value)
    assert how_long(settings, TODAY) == (False, str(refused.value))


async def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    settings = Teams(APP_ID, "", TENANT, tmp_path / "missing.pem")
    with pytest.raises(TeamsError, match="cannot be read"):
        await Tokens(settings, Entra("a-token")).current()


def test_a_certificate_stands_in_for_the_secret() -> None:
    found = read_settings({**APP, "TEAMS_APP_CERTIFICATE": "/etc/askfirst/teams.pem", "ASKFIRST_HOST": "0.0.0.0"}).teams
    assert found == Teams(APP_ID, "", TENANT, Path("/etc/askfirst/teams.pem"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "TEAMS_APP_PASSWORD.*TEAMS_APP_CERTIFICATE"),
        ({"TEAMS_APP_PASSWORD": SECRET, "TEAMS_APP_CERTIFICATE": "a.pem"}, "Unset one of them"),
        ({"TEAMS_APP_PASSWORD": SECRET, "TEAMS_SECRET_ENDS": "31.8.2027"}, "TEAMS_SECRET_ENDS: '31.8.2027'"),
    ],
)
def test_what_does_not_fit_together_is_refused(more: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        read_settings({**APP, **more})
    assert SECRET not in str(refused.value)


# --- the end of a secret


@pytest.mark.parametrize(
    ("days", "well", "told"),
    [(22, True, ""), (21, True, "ends on"), (1, True, "ends on"), (0, True, "ends on"), (-1, False, "ended on")],
)
@pytest.mark.parametrize("kind", ["secret", "certificate"])
def test_the_end_is_said_three_weeks_before(tmp_path: Path, days: int, well: bool, told: str, kind: str) -> None:
    ends = TODAY.replace(hour=23, minute=59) + dt.timedelta(days=days)
    settings = (
        Teams(APP_ID, SECRET, TENANT, secret_ends=ends.date())
        if kind == "secret"
        else with_file(tmp_path, pem("the app", made(ends)))
    )
    found, said = how_long(settings, TODAY)
    assert found is well
    assert (told in said) if told else not said


def line_of(tmp_path: Path, ends: str) -> tuple[bool, str]:
    """Whether doctor finds all well with the app's sign-in, and what it says of it."""
    environment = {**APP, "TEAMS_APP_PASSWORD": SECRET, "TEAMS_SECRET_ENDS": ends, "ASKFIRST_MODEL": "none"}
    settings = read_settings(
        {**environment, "ASKFIRST_DATA": str(tmp_path / "of-doctor"), "ASKFIRST_KNOWLEDGE": str(small_base())}
    )
    _, lines = examine(settings, lambda _: {}, NOW)
    (line,) = [each for each in lines if "Teams sign-in" in each]
    return line.startswith("ok"), line


@pytest.mark.parametrize(
    ("ends", "well", "told"),
    [("", True, "no end is near"), ("2026-12-10", True, "WARNING: the client secret ends on 2026-12-10"),
     ("2026-11-01", False, "the client secret ended on 2026-11-01")],
)  # fmt: skip
def test_doctor_says_when_the_secret_ends(tmp_path: Path, ends: str, well: bool, told: str) -> None:
    found, line = line_of(tmp_path, ends)
    assert told in line
    assert found is well
    assert SECRET not in line


async def test_the_log_says_it_at_the_start(fernbank: AtSchool, caplog: pytest.LogCaptureFixture) -> None:
    fernbank.service._settings = replace(fernbank.settings, secret_ends=fernbank.clock().date())
    with caplog.at_level(logging.WARNING, "askfirst.teams"):
        await fernbank.service._say_how_long()
    assert "the client secret ends on" in caplog.text


async def test_whoever_looks_after_it_gets_a_letter_once_a_week(
    core: Core, mailbox: tuple[Mailbox, Mail], caplog: pytest.LogCaptureFixture
) -> None:
    box, mail = mailbox
    clock = Clock()
    settings = Teams(APP_ID, SECRET, TENANT, secret_ends=clock().date() + dt.timedelta(days=20))
    reminder = SignInReminder(core.school, core.store, (MailWay(mail),), lambda now: how_long(settings, now)[1], clock)
    for days in (0, 1, 7, 8, 30):
        clock.now += dt.timedelta(days=days)
        await reminder.remind()
    written = [str(message["Subject"]) for _, message in box.letters]
    assert written == ["AskFirst: its sign-in to Microsoft Teams"] * 4
    texts = [message.get_content() for _, message in box.letters]
    assert "the client secret ends on" in texts[0] and "the client secret ended on" in texts[-1]
    assert SECRET not in str(texts)


# --- requests that are refused

ISSUER = f"https://sts.windows.net/{TENANT}/"


def token_of(issuer: object, audience: object, **more: str) -> str:
    claims = {"iss": issuer, "aud": audience, "exp": 4_000_000_000, **more}
    return "Bearer " + jwt.encode(claims, "k" * 32, algorithm="HS256")


async def test_a_token_of_an_unexpected_issuer_is_refused_and_logged_without_its_content(
    fernbank: AtSchool, caplog: pytest.LogCaptureFixture
) -> None:
    header = token_of(ISSUER, "https://api.botframework.com", name="Zelda Pupilmarker", appid="secret-thing")
    assert (await fernbank.teams.sender.post("{}", header)).status == 401
    assert "issuer sts.windows.net, audience api.botframework.com" in caplog.text
    for hidden in ("Pupilmarker", "secret-thing", TENANT, header[-20:]):
        assert hidden not in caplog.text
    said = refused_lately(fernbank.core.store, fernbank.core.school())
    assert "issuer sts.windows.net, audience api.botframework.com" in said


async def test_it_is_logged_once_a_minute(fernbank: AtSchool, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(20):
        assert (await fernbank.teams.sender.post("{}", token_of(f"https://a{number}.example", APP_ID))).status == 401
    assert caplog.text.count("was refused") == 1
    assert "issuer a0.example, audience TEAMS_APP_ID" in caplog.text


@pytest.mark.parametrize(
    ("issuer", "audience"),
    [(None, None), (5, []), ("x" * 5000, {"a": "b"}), ("https://[x", "https://[x"), ("https://a\nb.example/", ["\n"])],
)
async def test_whatever_a_token_says_the_line_in_the_log_stays_one(
    fernbank: AtSchool, caplog: pytest.LogCaptureFixture, issuer: object, audience: object
) -> None:
    if issuer is not None and not isinstance(issuer, str):
        header = "Bearer " + ".".join(("e30", "eyJpc3MiOjV9", ""))
    else:
        header = token_of(issuer or "", audience)
    assert (await fernbank.teams.sender.post("{}", header)).status == 401
    (line,) = [each.getMessage() for each in caplog.records if "was refused" in each.getMessage()]
    assert "\n" not in line and len(line) < 400


async def test_doctor_keeps_what_was_refused_last_beyond_the_process(fernbank: AtSchool) -> None:
    assert refused_lately(fernbank.core.store, fernbank.core.school()) == ""
    await fernbank.teams.sender.post("{}", token_of(ISSUER, APP_ID))
    assert "the last one was refused on" in refused_lately(fernbank.core.store, fernbank.core.school())
    assert "audience TEAMS_APP_ID" in refused_lately(fernbank.core.store, fernbank.core.school())


@pytest.mark.parametrize("tenant", [TENANT, "5c0d5a4e-7f7e-4b6f-9a59-0c1f2f6f3b11"])
async def test_an_app_for_several_tenants_lets_in_those_of_school_yaml_alone(fernbank: AtSchool, tenant: str) -> None:
    """With a registration for accounts of any directory, whoever uploads the package elsewhere is refused here."""
    person = fernbank.teams.person("Jo Marsh", "jo@elsewhere.example", tenant=tenant)
    await person.installs()
    await person.says("can parents have my mobile number?")
    await person.reads("Rests on:" if tenant == TENANT else "I am here for the staff of")
