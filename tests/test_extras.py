"""What is imported is asked for, and what may be left out is missed in a sentence."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot.extras import NotInstalledError, needs
from bot.settings import SettingsError, read_settings
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {"slack": "adapters/slack/", "teams": "adapters/teams/", "semantic": "bot/understanding/encoder.py",
          "policies": "adapters/documents/reading/"}  # fmt: skip
CHANNELS = {
    "slack": {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"},
    "teams": {
        "TEAMS_APP_ID": "8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6", "TEAMS_APP_PASSWORD": "secret",
        "TEAMS_TENANT_ID": "11111111-2222-4333-8444-555555555555",
    },
    "postgres": {"ASKFIRST_DATABASE_URL": "postgresql://askfirst@127.0.0.1/askfirst"},
}  # fmt: skip


def asked_for(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[^\w.-]", each)[0]) for each in requirements}


def imported(file: Path) -> Iterator[str]:
    """Names of packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_every_package_that_is_imported_is_asked_for_by_name() -> None:
    """Not by chance, through another one: that is how the tests had what users lacked."""
    homes = packages_distributions()
    for file in sorted(file for name in ("bot", "adapters") for file in (ROOT / name).rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        allowed = asked_for(PROJECT["dependencies"])
        for extra, where in EXTRAS.items():
            if place.startswith(where):
                allowed |= asked_for(PROJECT["optional-dependencies"][extra])
        for name in imported(file):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in ("bot", "adapters"):
                continue
            assert allowed & {_plain(home) for home in homes[top]}, f"{place} imports {name}, which is not asked for"


def test_slacks_store_of_installations_gets_what_it_imports() -> None:
    """slack_sdk's is written for SQLAlchemy's asyncio part too, and that needs greenlet."""
    assert any(each.startswith("sqlalchemy[asyncio]") for each in PROJECT["optional-dependencies"]["slack"])
    assert "\ngreenlet==" in (ROOT / "requirements-run.lock").read_text(encoding="utf-8")


def test_the_command_loads_no_channel_until_it_is_asked_for() -> None:
    program = (
        "import sys, adapters.command.main; "
        "print(sorted({'aiohttp', 'botbuilder', 'slack_bolt', 'tokenizers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("extra", CHANNELS)
def test_what_is_set_up_and_not_installed_is_refused_with_what_to_do(extra: str) -> None:
    with pytest.raises(SettingsError, match=rf"pip install 'askfirst\[{extra}\]'"):
        read_settings(CHANNELS[extra], lambda asked: asked != extra)
    assert read_settings(CHANNELS[extra], lambda _: True)


def test_a_setting_with_a_fault_is_named_before_the_extra() -> None:
    with pytest.raises(SettingsError, match="SLACK_SIGNING_SECRET"):
        read_settings({"SLACK_BOT_TOKEN": "xoxb-1"}, lambda _: False)


def test_teams_is_not_there_to_be_tried_out_where_it_is_not_installed() -> None:
    trial = {"ASKFIRST_TEAMS_TRY": "1"}
    assert read_settings(trial, lambda _: True).teams is not None
    with pytest.raises(SettingsError, match="ASKFIRST_TEAMS_TRY: "):
        read_settings(trial, lambda asked: asked != "teams")


def test_a_package_that_is_missing_further_down_is_named() -> None:
    with pytest.raises(NotInstalledError, match="greenlet is missing"), needs("slack", "Slack"):
        try:
            raise ModuleNotFoundError("No module named 'greenlet'", name="greenlet")
        except ModuleNotFoundError as fault:
            raise ImportError("needs the library") from fault


def test_a_missing_module_of_our_own_is_not_blamed_on_an_extra() -> None:
    with pytest.raises(ModuleNotFoundError), needs("slack", "Slack"):
        raise ModuleNotFoundError("No module named 'bot.gone'", name="bot.gone")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
