"""Teams as it is set up; and as it is tried out, when nobody's sign-in is checked: only where somebody asks for it by
name, on this machine alone, through an address with a secret in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.command.serve import announcement, teams_of
from adapters.teams import MESSAGES, TeamsOut, TeamsService, trial
from adapters.teams.activities import place_from
from adapters.teams.faults import TeamsError
from adapters.teams.gateway import Gateway
from adapters.teams.people import TeamsDirectory
from adapters.teams.replies import in_words
from adapters.teams.trial import identity
from adapters.web.app import make_app
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.settings import SettingsError, Teams, read_settings
from tests.slack.school import Clock
from tests.slack.serving import listening
from tests.teams import payloads
from tests.teams.entra import SECRET, Entra
from tests.teams.server import Teams as LocalTeams
from tests.teams.world import APP_ID, TENANT, Json

APP = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": "the-apps-secret", "TEAMS_TENANT_ID": TENANT}
# Where others may reach the server, or a proxy passes on what they send.
OPEN = {
    "every address": {"ASKFIRST_HOST": "0.0.0.0"},
    "every address of the new kind": {"ASKFIRST_HOST": "::"},
    "an address of the school's": {"ASKFIRST_HOST": "192.0.2.10"},
    "a name": {"ASKFIRST_HOST": "ask.fernbank.example"},
    "a platform that names the port": {"PORT": "5000"},
    "an address for others": {"ASKFIRST_URL": "https://ask.fernbank.example"},
    "an address that only begins like this machine": {"ASKFIRST_URL": "https://127.0.0.1.fernbank.example"},
    "a proxy": {"ASKFIRST_PROXIES": "1"},
}
ALONE = {
    "as it comes": {},
    "by name": {"ASKFIRST_HOST": "localhost"},
    "the new kind": {"ASKFIRST_HOST": "::1"},
    "its own address": {"ASKFIRST_URL": "http://127.0.0.1:8080"},
}
TRY = {"ASKFIRST_TEAMS_TRY": "1"}


def test_an_app_is_read_from_the_environment() -> None:
    found = read_settings({**APP, "TEAMS_APP_ID": APP_ID.upper(), "ASKFIRST_HOST": "0.0.0.0"})
    assert found.teams == Teams(APP_ID, "the-apps-secret", TENANT)
    assert found.teams.checked
    assert found.channels["Teams"] is None


@pytest.mark.parametrize("name", APP)
@pytest.mark.parametrize("value", ["", "fernbank.example", "7c1f0a52"])
def test_an_app_that_is_not_whole_says_which_part_is_missing(name: str, value: str) -> None:
    if (name, value) == ("TEAMS_APP_ID", "") or (name == "TEAMS_APP_PASSWORD" and value):
        return
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings({**APP, name: value})
    assert "the-apps-secret" not in str(refused.value)


@pytest.mark.parametrize("name", [*OPEN, *ALONE])
async def test_without_an_app_id_there_is_no_teams(core: Core, base: Base, name: str) -> None:
    settings = read_settings({**OPEN, **ALONE}[name])
    assert settings.teams is None
    assert teams_of(settings, core) is None
    assert "Teams: off (TEAMS_APP_ID is not set)" in list(announcement(settings, base, ()))
    async with (
        listening(make_app(core, Clock(), key=b"k" * 32)) as address,
        aiohttp.ClientSession() as session,
        session.post(address + MESSAGES, json={"type": "message"}) as answer,
    ):
        assert answer.status == 404


@pytest.mark.parametrize("name", OPEN)
def test_a_trial_is_refused_where_others_can_come(name: str) -> None:
    with pytest.raises(SettingsError, match="ASKFIRST_TEAMS_TRY: others can reach this server"):
        read_settings({**OPEN[name], **TRY})


@pytest.mark.parametrize(
    ("environment", "told"),
    [({**APP, **TRY}, "TEAMS_APP_ID is set as well"), ({"ASKFIRST_TEAMS_TRY": "yes"}, "'yes' is neither 1")],
)
def test_a_trial_is_asked_for_plainly(environment: Mapping[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_settings(environment)


@pytest.mark.parametrize("name", ALONE)
def test_asked_for_by_name_teams_can_be_tried_on_a_machine_of_its_own(base: Base, name: str) -> None:
    settings = read_settings({**ALONE[name], **TRY})
    assert settings.teams is not None
    assert not settings.teams.checked
    assert any("NOBODY'S SIGN-IN IS CHECKED" in line for line in announcement(settings, base, ()))


@web.middleware
async def _peer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever asks comes from where the test says."""
    remote = request.headers.get("Test-Peer")
    return await handler(request.clone(remote=remote) if remote else request)


@pytest.fixture
async def unchecked(teams: LocalTeams, core: Core) -> AsyncIterator[TeamsService]:
    """AskFirst on which Teams is tried out."""
    service = TeamsService(core, Teams("", "", ""), Clock())
    pages = web.Application(middlewares=[_peer])
    pages.add_routes(service.routes())
    async with listening(pages) as address:
        teams.posts_to(address + service.path)
        yield service
        await service.close()


def question(teams: LocalTeams) -> Json:
    return said_by(teams, "Priya Shah", identity("teacher-1"))


def said_by(teams: LocalTeams, name: str, aad: str) -> Json:
    """What somebody says in their own chat; the address is that of the DSL, as whoever answers for it may claim."""
    person = teams.person(name, "a.bello@fernbank.example", aad)
    person.member.installed = True
    return payloads.message(teams.place(person.chat.id), person.member, teams.world.next_id(), "hello")


async def status(teams: LocalTeams, body: Json, headers: Mapping[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            teams.sender.url, data=json.dumps(body), headers={"Content-Type": "application/json", **headers}
        ) as got,
    ):
        return got.status


async def test_this_machine_gets_its_answer(teams: LocalTeams, unchecked: TeamsService) -> None:
    assert await status(teams, question(teams), {}) == 200
    await unchecked.channel.finish()
    assert [(call.name, call.authorization) for call in teams.calls] == [("send", "")], "nobody is asked who that is"


PASSED_ON = ("X-Forwarded-For", "x-forwarded-for", "Forwarded", "forwarded", "X-Real-IP", "Via", "X-Forwarded-Host")
BROWSERS = ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})
HOSTS = ("ask.fernbank.example", "127.0.0.1.fernbank.example", "192.0.2.10:80", "[", "[::1", "0", "")
REFUSED: tuple[dict[str, str], ...] = (
    *({name: "127.0.0.1"} for name in PASSED_ON),
    *BROWSERS,
    *({"Host": host} for host in HOSTS),
    *({"Test-Peer": peer} for peer in ("192.0.2.7", "2001:db8::7", "10.0.0.5")),
    {"Authorization": "Bearer anything"},
)


@pytest.mark.parametrize("headers", REFUSED, ids=str)
async def test_whoever_may_come_from_elsewhere_is_refused(
    teams: LocalTeams, unchecked: TeamsService, headers: Mapping[str, str]
) -> None:
    assert await status(teams, question(teams), headers) in (400, 401)
    await unchecked.channel.finish()
    assert not teams.calls


@pytest.mark.parametrize(
    "address",
    [
        "https://smba.teams.example/uk/", "http://127.0.0.1@evil.example/", "http://0/",
        "http://127.0.0.1:8080/livez?", "http://127.0.0.1:8080/livez?at=1", "http://127.0.0.1:8080/livez#",
        "http://somebody@127.0.0.1:8080/",
    ],
)  # fmt: skip
async def test_a_service_elsewhere_is_refused(teams: LocalTeams, unchecked: TeamsService, address: str) -> None:
    assert await status(teams, {**question(teams), "serviceUrl": address}, {}) == 401
    await unchecked.channel.finish()
    assert not teams.calls


async def test_being_tried_out_it_is_a_way_to_those_who_wrote_to_it_alone(
    teams: LocalTeams, unchecked: TeamsService, core: Core
) -> None:
    way = TeamsOut(Teams("", "", ""), core.school, core.store).way
    dsl = core.school().people["dsl"]
    assert way.address_of(dsl) is None
    assert await status(teams, said_by(teams, "Ms Amara Bello", identity("dsl")), {}) == 200
    await unchecked.channel.finish()
    assert way.address_of(dsl) == "person:dsl"
    assert way.address_of(core.school().people["head"]) is None


async def test_the_address_of_a_trial_holds_a_secret_that_is_new_at_every_start(
    teams: LocalTeams, unchecked: TeamsService, core: Core
) -> None:
    base = teams.sender.url.removesuffix(unchecked.path)
    another = TeamsService(core, Teams("", "", ""), Clock())
    for path in (MESSAGES, f"{MESSAGES}/", f"{MESSAGES}/{'x' * 32}", another.path):
        teams.posts_to(base + path)
        assert await status(teams, question(teams), {}) == 404
    await unchecked.channel.finish()
    assert not teams.calls


async def test_nobody_becomes_somebody_by_what_the_address_that_came_with_a_request_says(
    teams: LocalTeams, unchecked: TeamsService, core: Core
) -> None:
    assert await status(teams, said_by(teams, "Ms Amara Bello", "0b6f3f6e-91a4-4c57-8a0d-3f9d2b7c4e10"), {}) == 200
    await unchecked.channel.finish()
    assert not core.store.accounts(core.school().id).of("teams", "dsl")
    assert not [call for call in teams.calls if call.name == "member"]


async def test_what_a_trial_has_kept_counts_for_nothing_where_sign_ins_are_checked(
    teams: LocalTeams, unchecked: TeamsService, core: Core
) -> None:
    assert await status(teams, said_by(teams, "Ms Amara Bello", identity("dsl")), {}) == 200
    await unchecked.channel.finish()
    account = f"{trial.TENANT}:{identity('dsl')}"
    kept = core.store.places(core.school().id, "teams").find(account)
    assert kept is not None
    before = len(teams.calls)
    entra = Entra("the-apps-own-token")
    gateway = Gateway(Teams(APP_ID, SECRET, TENANT), http=entra)
    directory = TeamsDirectory(gateway, Teams(APP_ID, SECRET, TENANT), core.school, core.store)
    assert directory.account_of(core.school().people["dsl"]) is None
    assert directory.known(account) is None
    with pytest.raises(TeamsError, match="from trying Teams out"):
        await gateway.post(place_from(kept), in_words("hello"))
    assert len(teams.calls) == before
    await gateway.close()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"TEAMS_TENANT_ID": ""}, "TEAMS_TENANT_ID: it is not set. Copy the Directory .tenant. ID"),
        ({"TEAMS_TENANT_ID": "fernbank.onmicrosoft.com"}, "'fernbank.onmicrosoft.com' is no id"),
        ({"TEAMS_TENANT_ID": APP_ID}, "TEAMS_TENANT_ID: this is the app's id"),
        ({"TEAMS_APP_PASSWORD": "0b0d6f3a-9a52-4c53-b6d2-3f4f0a1d2c3b"}, "TEAMS_APP_PASSWORD: this is the Secret ID"),
    ],
)
def test_whoever_copied_the_wrong_value_is_told_which_is_meant(changed: Mapping[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_settings({**APP, **changed})


@pytest.mark.parametrize("around", [" {} ", '"{}"', "'{}'", ' " {} "'])
def test_blanks_and_quotes_around_a_value_belong_to_no_secret(around: str) -> None:
    found = read_settings({name: around.format(value) for name, value in APP.items()} | {"ASKFIRST_HOST": "0.0.0.0"})
    assert found.teams == Teams(APP_ID, "the-apps-secret", TENANT)


def test_the_day_of_a_secret_is_not_taken_for_that_of_a_certificate() -> None:
    certificate = {**APP, "TEAMS_APP_PASSWORD": "", "TEAMS_APP_CERTIFICATE": "a.pem", "TEAMS_SECRET_ENDS": "2026-01-01"}
    with pytest.raises(SettingsError, match="TEAMS_SECRET_ENDS: that is for a client secret"):
        read_settings(certificate)
