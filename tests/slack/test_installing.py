"""The app's manifest, and several workspaces that install it themselves."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from yarl import URL

from adapters.command.main import run_verb
from adapters.delivering.sender import UndeliveredError
from adapters.slack import SCOPES, SlackService, SlackWay, Workspaces, manifest
from adapters.slack.installing import Installations, oauth_settings
from adapters.slack.scopes import AGENT_SCOPES
from adapters.slack.start import EVENTS
from adapters.web.app import make_app
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.settings import SettingsError, read_settings
from bot.settings import Slack as SlackSettings
from bot.store import Store
from tests.slack import payloads
from tests.slack.manifest import SCOPES as NEEDED
from tests.slack.manifest import before_july_2026, faults, feature_of
from tests.slack.school import ADDRESS, Clock, changed, settings_for
from tests.slack.server import Slack
from tests.slack.serving import listening

OURS, THEIRS = "T0SECOND", "T0OTHERS"
CODE = Path(__file__).resolve().parents[2] / "adapters" / "slack"
pytestmark = pytest.mark.filterwarnings("ignore:.*BasicAuth:DeprecationWarning")  # slack_sdk's own use of aiohttp
Scene = tuple[Slack, SlackService, str, aiohttp.ClientSession]


@pytest.mark.parametrize("agent", [False, True])
@pytest.mark.parametrize("socket", [False, True])
def test_the_manifest_is_one_that_slack_takes(socket: bool, agent: bool) -> None:
    """By both of Slack's published schemas, by the types of its SDK, and by what it refuses besides."""
    made = manifest(ADDRESS, socket, agent)
    assert list(faults(made)) == []
    assert made["settings"]["socket_mode_enabled"] is socket
    assert (EVENTS in str(made)) is not socket
    commands = {each["command"]: each.get("url") for each in made["features"]["slash_commands"]}
    assert commands == dict.fromkeys(("/ask", "/concern", "/account"), None if socket else f"{ADDRESS}{EVENTS}")
    assert {each["type"] for each in made["features"]["shortcuts"]} == {"global", "message"}


def test_what_the_command_prints_is_that_manifest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKFIRST_URL", ADDRESS)
    for flags in ([], ["--socket"], ["--agent"], ["--socket", "--agent"]):
        assert run_verb(["slack", "manifest", *flags]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert list(faults(printed)) == []
        assert feature_of(printed) == ("agent_view" if "--agent" in flags else "")


@pytest.mark.parametrize(
    "url", ["", "http://ask.school.example", "https://localhost:8080", "https://192.168.1.4", "https://server"]
)
def test_a_manifest_with_an_address_that_slack_cannot_reach_is_not_printed(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKFIRST_URL", url)
    assert run_verb(["slack", "manifest"]) == 1
    printed = capsys.readouterr()
    assert "Set ASKFIRST_URL" in printed.err and "--socket" in printed.err
    assert not printed.out
    assert run_verb(["slack", "manifest", "--socket"]) == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"SLACK_BOT_TOKEN": "xapp-1"},
            "SLACK_BOT_TOKEN: .* begins with xoxb-",
        ),
        (
            {"SLACK_APP_TOKEN": "xoxb-1"},
            "SLACK_APP_TOKEN: .* begins with xapp-",
        ),
        ({"SLACK_SIGNING_SECRET": "xoxb-1"}, "SLACK_SIGNING_SECRET: this is a token"),
    ],
)
def test_a_token_in_the_wrong_place_is_named(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", **changed})


def test_quotes_and_blanks_around_a_token_are_no_part_of_it() -> None:
    found = read_settings({"SLACK_BOT_TOKEN": ' "xoxb-1" ', "SLACK_APP_TOKEN": "'xapp-1'"}).slack
    assert found and (found.token, found.app_token) == ("xoxb-1", "xapp-1")


def test_slack_would_not_take_the_manifest_of_before_for_a_new_app() -> None:
    old = before_july_2026(manifest(ADDRESS, socket=False))
    assert list(faults(old)) == ["features.assistant_view: new apps have agent_view, or neither"]
    assert list(faults(old, old=True)) == []


def test_the_feature_its_permission_and_its_events_go_together() -> None:
    made = manifest(ADDRESS, socket=False, agent=True)
    del made["features"]["agent_view"]
    found = list(faults(made))
    assert any("only for apps with the agent feature" in fault for fault in found)
    assert any("agent_session_stopped" in fault for fault in found)
    assert "assistant" not in json.dumps(manifest(ADDRESS, socket=False))


def test_what_an_agent_says_of_itself_is_short_enough() -> None:
    view = manifest(ADDRESS, socket=False, agent=True)["features"]["agent_view"]
    assert len(view["agent_description"]) <= 300 and len(view["suggested_prompts"]) <= 4


def test_every_permission_has_a_reason_and_is_used() -> None:
    assert all(AGENT_SCOPES.values())
    for agent, scopes in ((False, SCOPES), (True, AGENT_SCOPES)):
        assert set(manifest(ADDRESS, socket=True, agent=agent)["oauth_config"]["scopes"]["bot"]) == set(scopes)
    code = "".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))
    called = {method for method in NEEDED if re.search(rf"\b{method.replace('.', '_')}\b", code)}
    for_events = {"app_mentions:read", "im:history"}
    used = {scope for method in called for scope in NEEDED[method]} | for_events | {"commands", "users:read.email"}
    assert set(SCOPES) <= used
    for method in called:
        assert NEEDED[method] & set(SCOPES), f"{method} is called, and no permission allows it"


@pytest.fixture
async def several(slack: Slack, base: Base, store: Store) -> AsyncIterator[Scene]:
    """A school whose two workspaces install the app themselves."""
    known = changed(base, slack=(OURS, "T0THIRD"))
    settings = SlackSettings("", slack.signing_secret, "", "client", "client-secret", slack.api_url)
    service = SlackService(Core(lambda: known, store), settings, Clock())
    pages = make_app(Core(lambda: known, store), Clock(), key=b"k" * 32)
    pages.add_routes(service.routes())
    async with listening(pages) as address, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        slack.posts_to(address + EVENTS)
        yield slack, service, address, browser
        await slack.settled()
        await slack.sender.close()


async def _state(address: str, browser: aiohttp.ClientSession) -> tuple[str, str]:
    """Begin an installation: the state that Slack will hand back, and the cookie that the browser keeps."""
    async with browser.get(f"{address}/slack/install", allow_redirects=False) as answer:
        assert answer.status == 302
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert set(asked["scope"][0].split(",")) == set(SCOPES)
        return asked["state"][0], answer.headers["Set-Cookie"].split(";")[0]


async def _back(address: str, browser: aiohttp.ClientSession, code: str, state: str, cookie: str) -> tuple[int, str]:
    url = URL(f"{address}/slack/oauth_redirect").with_query(code=code, state=state)
    async with browser.get(url, headers={"Cookie": cookie}) as answer:
        return answer.status, await answer.text()


async def _install(scene: Scene, team: str) -> tuple[int, str]:
    slack, _, address, browser = scene
    state, cookie = await _state(address, browser)
    return await _back(address, browser, slack.installs(team, "Fernbank Sixth Form"), state, cookie)


async def test_a_workspace_of_the_school_installs_the_app_and_is_answered(several: Scene) -> None:
    slack = several[0]
    status, text = await _install(several, OURS)
    assert (status, "is installed" in text) == (200, True)
    teacher = slack.person("U9", "Tom Reid", "t.reid@fernbank.example", team=OURS)
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("This helped")
    posted = slack.calls_to("chat.postMessage")[-1]
    assert slack.workspace.tokens[posted.token] == OURS


async def test_a_workspace_of_an_enterprise_organisation_installs_it_is_answered_and_forgotten(
    several: Scene, store: Store
) -> None:
    slack, service, _, _ = several
    slack.desk.organisation = True
    assert (await _install(several, OURS))[0] == 200
    teacher = slack.person("U9", "Tom Reid", "t.reid@fernbank.example", team=OURS)
    await teacher.says("can parents have my mobile number?")
    await teacher.reads("This helped")
    assert await service._workspaces.client(OURS)
    token = next(token for token, team in slack.workspace.tokens.items() if team == OURS)
    await slack.uninstalls(token)
    await slack.settled()
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM slack_bots").scalar_one() == 0


async def test_slack_is_not_asked_about_the_token_with_every_request(several: Scene) -> None:
    slack = several[0]
    await _install(several, OURS)
    asked = len(slack.calls_to("auth.test"))
    teacher = slack.person("U9", "Tom Reid", "t.reid@fernbank.example", team=OURS)
    for count in (1, 2, 3):
        await teacher.says("hello")
        await slack.settled(lambda count=count: len(slack.calls_to("chat.postMessage")) == count)  # type: ignore[misc]
    assert len(slack.calls_to("auth.test")) == asked


async def test_a_token_is_believed_for_a_minute_and_read_anew_after_that(
    several: Scene, base: Base, store: Store
) -> None:
    await _install(several, OURS)
    now, school = [0.0], changed(base, slack=(OURS,)).knowledge.school
    here, elsewhere = (Installations(lambda: school, store, "client", lambda: now[0]) for _ in range(2))
    assert await here.async_find_bot(enterprise_id=None, team_id=OURS)
    await elsewhere.async_delete_all(enterprise_id=None, team_id=OURS)  # another process was told so
    now[0] = 59.0
    assert await here.async_find_bot(enterprise_id=None, team_id=OURS)
    now[0] = 61.0
    assert await here.async_find_bot(enterprise_id=None, team_id=OURS) is None


async def test_its_token_lies_sealed_in_the_database(several: Scene, store: Store) -> None:
    slack = several[0]
    await _install(several, OURS)
    token = next(token for token, team in slack.workspace.tokens.items() if team == OURS)
    path = store._database.engine.url.database
    assert path
    with sqlite3.connect(path) as raw:
        rows = raw.execute("SELECT bot_token FROM slack_bots").fetchall()
        whole = "\n".join(raw.iterdump())
    raw.close()
    assert len(rows) == 1
    assert token not in str(rows)
    assert "xoxb" not in whole


async def test_a_state_works_once_and_only_in_the_browser_that_began(several: Scene) -> None:
    slack, _, address, browser = several
    state, cookie = await _state(address, browser)
    assert (await _back(address, browser, slack.installs(OURS), state, "other=1"))[0] == 400
    assert (await _back(address, browser, slack.installs(OURS), state, cookie))[0] == 200
    status, text = await _back(address, browser, slack.installs(OURS), state, cookie)
    assert (status, "was not installed" in text) == (401, True)
    assert (await _back(address, browser, slack.installs(OURS), "made-up", "slack-app-oauth-state=made-up"))[0] == 401


async def test_a_workspace_that_is_not_in_the_schools_file_is_refused(several: Scene, store: Store) -> None:
    slack = several[0]
    status, text = await _install(several, THEIRS)
    assert (status, "not in the school’s file" in text) == (403, True)
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM slack_bots").scalar_one() == 0
    stranger = slack.person("U8", "Eve", "eve@elsewhere.example", team=THEIRS)
    await stranger.says("can parents have my mobile number?")
    await slack.settled()
    assert not slack.calls_to("chat.postMessage")


async def test_an_installation_for_a_whole_organisation_is_refused_and_its_token_not_kept(
    several: Scene, store: Store
) -> None:
    several[0].desk.org_wide = True
    status, text = await _install(several, OURS)
    assert (status, "installed for a whole Enterprise organisation" in text) == (403, True)
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM slack_bots").scalar_one() == 0


async def test_the_token_of_such_an_installation_is_told_to_the_doctor(slack: Slack, base: Base, store: Store) -> None:
    slack.desk.org_wide = True
    way = SlackWay(Workspaces(settings_for(slack), lambda: base.knowledge.school, store))
    with pytest.raises(UndeliveredError, match="one workspace at a time") as fault:
        await way.look("person:dsl")
    assert fault.value.permanent


async def test_workspaces_that_install_the_app_themselves_are_asked_for_the_agent_only_where_it_is_set(
    several: Scene, base: Base, store: Store
) -> None:
    """What they granted may show that the app has the feature, and never that it has not."""
    _, service, address, browser = several
    await _install(several, OURS)
    assert await service._workspaces.has_agent(OURS) is None
    async with browser.get(f"{address}/slack/install", allow_redirects=False) as answer:
        assert "assistant" not in answer.headers["Location"]
    told = replace(service._settings, agent=True)
    assert oauth_settings(told, Installations(lambda: base.knowledge.school, store, "client"), store).scopes == sorted(
        AGENT_SCOPES
    )


async def test_a_workspace_that_removes_the_app_is_forgotten_and_shown(several: Scene) -> None:
    slack, service, _, _ = several
    slack.person("U9", "Ms Amara Bello", "a.bello@fernbank.example", team=OURS)
    await _install(several, OURS)
    way = SlackWay(service._workspaces)
    await way.look("person:dsl")
    token = next(token for token, team in slack.workspace.tokens.items() if team == OURS)
    await slack.uninstalls(token)
    await slack.settled()
    with pytest.raises(UndeliveredError, match="not installed in this Slack workspace") as fault:
        await way.look("person:dsl")
    assert fault.value.permanent


async def test_news_of_a_removal_that_comes_after_the_next_installation_removes_nothing(several: Scene) -> None:
    slack = several[0]
    await _install(several, OURS)
    await slack.tells(payloads.uninstalled_event(), OURS)
    await slack.settled()
    teacher = slack.person("U9", "Tom Reid", "t.reid@fernbank.example", team=OURS)
    await teacher.says("hello")
    await teacher.reads("Hello")


async def test_a_school_that_names_no_workspace_is_told_so(slack: Slack, base: Base, store: Store) -> None:
    settings = SlackSettings("", slack.signing_secret, "", "client", "client-secret", slack.api_url)
    way = SlackWay(Workspaces(settings, lambda: base.knowledge.school, store))
    with pytest.raises(UndeliveredError, match="channels > slack"):
        await way.look("person:dsl")
