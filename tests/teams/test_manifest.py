"""The app package: what a technician uploads to Teams, made by the real command and held to the published schema."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from adapters.chat.asking import PROMPTS
from adapters.command.main import run_verb
from adapters.teams.commands import COMMANDS as UNDERSTOOD
from adapters.teams.manifest import COMMANDS, SCHEMA, SCOPES, manifest
from adapters.teams.package import package
from tests.browsing import ROOT, missing
from tests.teams.world import TENANT
from tests.test_cli import run

APP_ID = "8E0F5C3A-1b2c-4d5e-8f90-a1b2c3d4e5f6"
HOST, ADDRESS = "ask.school.example", "https://ask.school.example"
NOTHING_OF_TEAMS = {
    "ASKFIRST_URL": "", "TEAMS_APP_ID": "", "TEAMS_APP_PASSWORD": "", "TEAMS_TENANT_ID": "", "PORT": "8080",
}  # fmt: skip
SCHEMAS = ROOT / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"


def made(app_id: str = APP_ID, address: str = ADDRESS) -> dict[str, Any]:
    """The manifest as it stands in the zip."""
    with zipfile.ZipFile(io.BytesIO(package(app_id, address, "1.0.0"))) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return found


def order(cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`askfirst teams package ...`, with nothing of Teams in the environment but what is given."""
    return run("teams", "package", *arguments, cwd=cwd, stdin=b"", **{**NOTHING_OF_TEAMS, **environment})


def teams_refuses(described: dict[str, Any]) -> Iterator[str]:
    """Rules of Teams' own validator that stand in no schema, as people who met them have written them down."""
    newer = tuple(int(part) for part in described["manifestVersion"].split(".")) >= (1, 25)
    scopes = {scope for bot in described.get("bots", ()) for scope in bot["scopes"]}
    if newer and "team" in scopes and described.get("supportsChannelFeatures") != "tier1":
        yield "an app of version 1.25 or higher that supports the 'team' scope must include supportsChannelFeatures"
    if newer and "supportedChannelTypes" in described:
        yield "supportedChannelTypes is not allowed in 1.25 or higher"
    if not newer and "supportsChannelFeatures" in described:
        yield "supportsChannelFeatures is not known before 1.25"


@pytest.fixture(scope="module")
def published() -> jsonschema.Draft4Validator:
    """The schema that Microsoft publishes for this version of the manifest."""
    file = SCHEMAS / f"v{SCHEMA}" / "MicrosoftTeams.schema.json"
    if not file.is_file():
        missing("NO TEAMS SCHEMA: run `npm ci`; the manifest was not held to it")
    schema = json.loads(file.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/askfirst", "https://ask.school.example:8443"])
def test_the_manifest_is_one_that_teams_takes(published: jsonschema.Draft4Validator, address: str) -> None:
    assert [fault.message for fault in published.iter_errors(made(address=address))] == []


@pytest.mark.parametrize(
    ("part", "value"),
    [("id", "no-uuid"), ("accentColor", "blue"), ("icons", {}), ("bots", [{}]), ("permissions", ["everything"])],
)
def test_the_schema_would_find_a_broken_manifest(
    published: jsonschema.Draft4Validator, part: str, value: object
) -> None:
    assert list(published.iter_errors({**made(), part: value}))


def test_the_bot_is_where_staff_are_and_its_commands_are_in_each_menu() -> None:
    [bot] = made(APP_ID)["bots"]
    assert bot["botId"] == made()["id"] == APP_ID
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert [each["scopes"] for each in bot["commandLists"]] == [[scope] for scope in SCOPES]
    for menu in bot["commandLists"]:
        basic = [each["title"] for each in menu["commands"] if each.get("type", "basic") == "basic"]
        assert basic == ["ask", "log a concern", "my concerns", "new account", "tip"]
        assert [each["prompt"] for each in menu["commands"] if each.get("type") == "prompt"] == [*PROMPTS]
        assert len(menu["commands"]) <= 12


def test_teams_own_rules_take_the_manifest() -> None:
    assert list(teams_refuses(made())) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"supportsChannelFeatures": None},
        {"supportsChannelFeatures": "tier2"},
        {"supportedChannelTypes": ["sharedChannels"]},
        {"manifestVersion": "1.24"},
    ],
)
def test_a_package_as_it_was_before_is_refused(changed: dict[str, Any]) -> None:
    assert list(teams_refuses({**made(), **changed}))


def test_no_message_is_asked_for_that_only_the_app_sees() -> None:
    """Before that may stand there, such a message must be tried in Teams itself; see adapters/teams/manifest.py."""
    [bot] = made()["bots"]
    assert "supportsTargetedMessages" not in bot
    assert not any("triggers" in menu for menu in bot["commandLists"])


def told_by_microsofts_tools(described: dict[str, Any]) -> list[str]:
    """What the checkers say that Microsoft publishes on npm."""
    node, modules = shutil.which("node"), ROOT / "node_modules"
    if node is None or not (modules / "ajv-draft-04").is_dir():
        missing("NO TEAMS CHECKERS: run `npm ci`; the manifest was not held to them")
    script = Path(__file__).parent / "check_manifest.js"
    done = subprocess.run(
        [str(node), str(script)],
        input=json.dumps(described).encode(),
        capture_output=True,
        env={**os.environ, "NODE_PATH": str(modules)},
        check=True,
    )
    return done.stdout.decode().splitlines()


def test_microsofts_own_checkers_take_the_manifest() -> None:
    assert told_by_microsofts_tools(made()) == []


def test_they_would_find_a_broken_one() -> None:
    found = told_by_microsofts_tools({**made(), "supportsChannelFeatures": "tier9"})
    assert {line.partition(":")[0] for line in found} == {"schema", "reader"}


def test_the_bot_understands_each_command_of_its_menu() -> None:
    assert tuple(COMMANDS) == UNDERSTOOD


def test_each_command_says_what_it_does_in_a_line() -> None:
    assert all(10 < len(text) <= 100 for text in COMMANDS.values())
    assert all(title == title.lower() and len(title) <= 32 for title in COMMANDS)
    assert len(COMMANDS) <= 10


def test_a_concern_can_be_logged_from_the_menu_of_a_message() -> None:
    [extension] = made()["composeExtensions"]
    [command] = extension["commands"]
    assert extension["botId"] == made()["id"]
    assert (command["id"], command["type"], command["fetchTask"]) == ("logConcern", "action", True)
    assert set(command["context"]) == {"message", "compose", "commandBox"}
    assert command["title"] == "Log a concern about this message"


def test_the_app_asks_for_no_more_than_it_uses() -> None:
    described = manifest(APP_ID, f"{ADDRESS}:8443/askfirst", "1.0.0")
    assert described["validDomains"] == [HOST]
    assert not {"webApplicationInfo", "authorization", "staticTabs", "devicePermissions"} & set(described)
    assert described["developer"]["privacyUrl"] == f"{ADDRESS}:8443/askfirst/privacy"
    assert described["localizationInfo"] == {"defaultLanguageTag": "en-gb"}


def test_the_command_writes_a_zip_with_the_manifest_and_both_icons(tmp_path: Path) -> None:
    done = order(tmp_path, "--app-id", APP_ID, "--host", "Ask.School.example", "--out", "teams.zip")
    assert (done.returncode, done.stderr) == (0, b"")
    with zipfile.ZipFile(tmp_path / "teams.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        described = json.loads(archive.read("manifest.json"))
        assert set(described["icons"].values()) == {"color.png", "outline.png"}
    assert described["id"] == APP_ID.lower()
    assert described["developer"]["websiteUrl"] == ADDRESS


def test_the_next_steps_are_comments_with_the_endpoint_of_this_school(tmp_path: Path) -> None:
    done = order(tmp_path, "--app-id", APP_ID, "--host", HOST)
    told, steps = done.stdout.decode().split("\n\n")
    assert told.startswith(f"askfirst-teams.zip is the app package for {ADDRESS}, version {version('askfirst')}. ")
    assert "Look again" not in told
    assert all(line.startswith("# ") for line in steps.splitlines())
    assert f"{ADDRESS}/api/messages" in steps
    assert "TEAMS_APP_PASSWORD" in steps


def test_id_and_address_come_from_the_environment_where_they_are_not_given(tmp_path: Path) -> None:
    teams = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": TENANT}
    done = order(tmp_path, "--version", "1.2.3", ASKFIRST_URL=f"{ADDRESS}/askfirst", **teams)
    assert done.returncode == 0, done.stderr
    assert b"secret" not in done.stdout
    assert b"Look again: The reverse proxy must take /askfirst away" in done.stdout
    with zipfile.ZipFile(tmp_path / "askfirst-teams.zip") as archive:
        described = json.loads(archive.read("manifest.json"))
    assert (described["id"], described["version"]) == (APP_ID.lower(), "1.2.3")
    assert described["developer"]["websiteUrl"] == f"{ADDRESS}/askfirst"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "there is no app id. Give --app-id"),
        (("--app-id", "askfirst"), "--app-id: 'askfirst' is no app id. Copy the application (client) id"),
        (("--app-id", APP_ID), "there is no address that Teams can reach. Give --host ask.school.example"),
        (("--app-id", APP_ID, "--host", f"{ADDRESS}:8443"), "Write the name alone, such as ask.school.example"),
        (("--app-id", APP_ID, "--host", "127.0.0.1"), "Teams must be able to reach it from outside"),
        (("--app-id", APP_ID, "--host", "localhost"), "Teams must be able to reach it from outside"),
        (("--app-id", APP_ID, "--host", HOST, "--version", "1.0"), "Write three numbers, such as 1.0.1"),
        (("--app-id", APP_ID, "--host", HOST, "--out", "no/such/folder.zip"), "Name a file in a folder that is there"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    for name, value in NOTHING_OF_TEAMS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert run_verb(("teams", "package", *arguments)) == 1
    assert told in capsys.readouterr().err
    assert not list(tmp_path.glob("*.zip"))


def test_what_differs_from_the_environment_is_remarked(tmp_path: Path) -> None:
    teams = {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": TENANT}
    order_ = ("--app-id", TENANT, "--host", f"https://{HOST}/")
    done = order(tmp_path, *order_, ASKFIRST_URL="https://other.school.example", **teams)
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode()
    assert f"Look again: TEAMS_APP_ID is another app than {TENANT}." in told
    assert "Look again: ASKFIRST_URL is https://other.school.example, and not this address." in told


def test_an_address_without_https_is_not_put_into_the_package(tmp_path: Path) -> None:
    done = order(tmp_path, "--app-id", APP_ID, ASKFIRST_URL="http://ask.school.example")
    assert done.returncode == 1
    assert b"set ASKFIRST_URL to the https address of the page" in done.stderr


def test_the_same_order_gives_the_same_package_byte_by_byte() -> None:
    assert package(APP_ID, ADDRESS, "1.0.0") == package(APP_ID, ADDRESS, "1.0.0")


def icon(name: str) -> Image.Image:
    with zipfile.ZipFile(io.BytesIO(package(APP_ID, ADDRESS, "1.0.0"))) as archive:
        return Image.open(io.BytesIO(archive.read(name)))


def test_the_coloured_icon_is_192_square_and_covers_its_whole_field() -> None:
    drawn = icon("color.png")
    assert (drawn.format, drawn.size) == ("PNG", (192, 192))
    assert drawn.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_the_outline_icon_is_32_square_and_white_on_nothing() -> None:
    drawn = icon("outline.png")
    assert (drawn.format, drawn.size, drawn.mode) == ("PNG", (32, 32), "RGBA")
    assert drawn.convert("RGB").getextrema() == ((255, 255),) * 3
    assert drawn.getchannel("A").getextrema() == (0, 255)
    assert drawn.getpixel((0, 0)) == (255, 255, 255, 0)
