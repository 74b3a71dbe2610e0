"""Whether Slack would take what an app sends: its types, its Python models and its published limits, all three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.slack import limits, schema
from tests.slack.limits import Json


def message_faults(message: Json, where: str = "message") -> list[str]:
    """A message, wherever an app may put one. Attachments are not checked: an app of today has no use for them."""
    blocks = message.get("blocks") or []
    found = [*limits.in_message(message, where), *_block_faults(blocks, f"{where}.blocks")]
    if "metadata" in message:
        found += schema.faults("metadata", _without_nulls(message["metadata"]), f"{where}.metadata")
    if not (message.get("text") or blocks or message.get("attachments") or message.get("markdown_text")):
        found.append(f"{where}: neither text nor blocks")
    return found


def view_faults(view: Json, surface: str) -> list[str]:
    """A view; `surface` is what it must be, "modal" or "home"."""
    if view.get("type") != surface:
        return [f"view.type: {view.get('type')!r}, must be {surface!r} here"]
    found = [*limits.in_view(view), *schema.faults(surface, {**view, "blocks": []}, "view")]
    found += _block_faults(view.get("blocks") or [], "view.blocks")
    return found + _modelled(lambda: View(**view).validate_json(), "view")


def _without_nulls(metadata: Json) -> Json:
    """Slack takes nulls here, and bolt's own Assistant sends them, though the types do not allow them."""
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict):
        return metadata
    return {**metadata, "event_payload": {key: value for key, value in payload.items() if value is not None}}


def _block_faults(blocks: Sequence[Json], where: str) -> list[str]:
    found = []
    for number, block in enumerate(blocks):
        here = f"{where}[{number}]"
        found += schema.faults("block", block, here)
        found += _modelled(lambda block=block: _validate(block), here)  # type: ignore[misc]
    return found


def _validate(block: Json) -> None:
    parsed = Block.parse(block)
    if parsed is None:
        raise ValueError(f"unknown block {block.get('type')!r}")
    parsed.validate_json()


def _modelled(check: Callable[[], Any], where: str) -> list[str]:
    """What slack_sdk's own models say; they are not made for faulty shapes and stumble over them in many ways."""
    try:
        check()
    except (SlackClientError, AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"{where}: slack_sdk: {error}"]
    return []
