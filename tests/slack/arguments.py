"""The arguments of each method of the Web API: slack_sdk's signatures say which there are and which are needed."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Iterator

from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.workspace import Json

# What a signature does not say.
ALSO_REQUIRED: dict[str, tuple[str, ...]] = {
    "views.open": ("trigger_id",),
    "views.push": ("trigger_id",),
    "oauth.v2.access": ("code",),
}
EMPTY = {"status": (None,)}  # an empty status takes the status away
ALSO_TAKEN = {"token", "team_id"}
STRUCTURED = ("attachments", "blocks", "loading_messages", "metadata", "prompts", "view")
_CREDENTIALS = {"client_id", "client_secret", "app_token"}  # checked where the token is checked


def structured(arguments: Json) -> Json:
    """In a form, blocks and their like arrive as text."""
    return {key: _parsed(value) if key in STRUCTURED else value for key, value in arguments.items()}


def faults(method: str, arguments: Json) -> Iterator[str]:
    """Arguments that are missing, or that the method does not know."""
    known, required = _signature(method)
    for name in required:
        if arguments.get(name) in EMPTY.get(name, (None, "")):
            yield f"{name} is missing"
    for name in arguments:
        if name not in known:
            yield f"{name} is not an argument of {method}"


def is_method(method: str) -> bool:
    return hasattr(AsyncWebClient, method.replace(".", "_"))


def truth(value: object) -> bool:
    """A flag, as JSON or as a form has it."""
    return value in (True, 1, "1", "true", "True")


@functools.cache
def _signature(method: str) -> tuple[frozenset[str], tuple[str, ...]]:
    parameters = inspect.signature(getattr(AsyncWebClient, method.replace(".", "_"))).parameters.values()
    named = [each for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]
    required = [each.name for each in named if each.default is inspect.Parameter.empty]
    needed = [*(name for name in required if name not in _CREDENTIALS), *ALSO_REQUIRED.get(method, ())]
    return frozenset({each.name for each in named} | ALSO_TAKEN | _CREDENTIALS), tuple(needed)


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
