"""The app package that a school uploads to Teams: the manifest and two icons in a zip."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from adapters.teams.manifest import COLOUR_ICON, OUTLINE_ICON, manifest
from bot.errors import AskFirstError
from bot.settings import Settings

_HERE = Path(__file__).resolve().parent
_APP_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])", re.IGNORECASE)
_VERSION = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}")
_MADE = (1980, 1, 1, 0, 0, 0)  # the same package for the same request, byte by byte


@dataclass(frozen=True)
class PackageRequest:
    """What the package is wanted for: `app_id` and `host` are empty where the environment says them, `version` where
    it is AskFirst's own. `out` is the file that is written."""

    app_id: str
    host: str
    out: Path
    version: str


class PackageError(AskFirstError):
    """The package cannot be made of what was given."""


def write_package(settings: Settings, request: PackageRequest) -> str:
    """Write the package that is asked for; what to tell the technician. Raises PackageError with what to do."""
    app_id, address = _app_id(settings, request), _address(settings, request)
    number = _version(request)
    content = package(app_id, address, number)
    try:
        request.out.write_bytes(content)
    except OSError as fault:
        raise PackageError(
            f"--out: '{request.out}' could not be written ({fault.strerror}). Name a file in a folder that is there"
        ) from fault
    return (
        f"{request.out} is the app package for {address}, version {number}. Teams takes it only if that is higher than "
        f"the last one that was uploaded.\n{_remarks(settings, app_id, address)}\n{next_steps(app_id, address)}"
    )


def package(app_id: str, address: str, number: str) -> bytes:
    """The zip with the manifest of that app, in version `number`, and the icons."""
    described = json.dumps(manifest(app_id, address, number), indent=2, ensure_ascii=False)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("manifest.json"), described)
        for icon in (COLOUR_ICON, OUTLINE_ICON):
            archive.writestr(_entry(icon), (_HERE / icon).read_bytes())
    return packed.getvalue()


def next_steps(app_id: str, address: str) -> str:
    """What is still to be done by hand, as comments, so that the output may go into a script or a note."""
    steps = (
        "Next steps (docs/teams.md says more):",
        f"1. Azure Bot of the app {app_id}: set the messaging endpoint to {address}/api/messages",
        "   and switch the channel Microsoft Teams on.",
        "2. The server: set TEAMS_APP_ID, TEAMS_APP_PASSWORD (or TEAMS_APP_CERTIFICATE) and TEAMS_TENANT_ID, and start",
        "   askfirst serve again.",
        "3. Teams admin centre, Manage apps: upload the package.",
        "4. Teams admin centre, the app's own page, Users and groups (or Setup policies): install AskFirst for all",
        "   staff, or alerts cannot reach them in Teams.",
        "5. askfirst doctor: says for whom the app is not installed yet.",
    )
    return "\n".join(f"# {step}" for step in steps)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _app_id(settings: Settings, request: PackageRequest) -> str:
    given = request.app_id or (settings.teams.app_id if settings.teams else "")
    if not given:
        raise PackageError(
            "there is no app id. Give --app-id, or set TEAMS_APP_ID, to the application (client) id that Entra shows "
            "for the app registration"
        )
    if not _APP_ID.fullmatch(given):
        raise PackageError(
            f"--app-id: '{given}' is no app id. Copy the application (client) id from the app registration in Entra; "
            "it looks like 8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6"
        )
    return given.lower()


def _remarks(settings: Settings, app_id: str, address: str) -> str:
    """What is odd about the request, though it may be meant: a line each."""
    teams, path = settings.teams, urlsplit(address).path
    odd = (
        (teams and teams.app_id and teams.app_id != app_id, f"TEAMS_APP_ID is another app than {app_id}."),
        (settings.public and settings.public != address, f"ASKFIRST_URL is {settings.public}, and not this address."),
        (path, f"The reverse proxy must take {path} away before it passes a request on."),
    )
    return "".join(f"Look again: {what}\n" for is_odd, what in odd if is_odd)


def _address(settings: Settings, request: PackageRequest) -> str:
    if not request.host:
        return _public_address(settings)
    host = request.host.removeprefix("https://").rstrip("/")
    if not _HOST.fullmatch(host):
        raise PackageError(
            f"--host: '{request.host}' is no host name. Write the name alone, such as ask.school.example, without "
            "a port and without a path. Teams must be able to reach it from outside"
        )
    return f"https://{host.lower()}"


def _public_address(settings: Settings) -> str:
    if not settings.public.startswith("https://"):
        raise PackageError(
            "there is no address that Teams can reach. Give --host ask.school.example, or set ASKFIRST_URL to the "
            "https address of the page"
        )
    return settings.public


def _version(request: PackageRequest) -> str:
    number = request.version or version("askfirst")
    if not _VERSION.fullmatch(number):
        raise PackageError(f"--version: '{number}' is no version. Write three numbers, such as 1.0.1")
    return number
