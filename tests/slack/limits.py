"""The lengths and numbers that Slack publishes for messages, blocks, views and what is in them.

Every check gives back a list of faults, empty when there are none; `where` says which part of a call is meant.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]

BLOCKS_IN_A_MESSAGE = 50
BLOCKS_IN_A_VIEW = 100
TEXT_RECOMMENDED = 4_000
TEXT_HARD = 40_000
VIEW_BYTES = 250_000
MARKDOWN_IN_A_MESSAGE = 12_000
TYPED = 3_000  # the most that one field takes
SUGGESTED_PROMPTS = 4

# What a part of a block is -> how long the texts in it may be.
LENGTHS: dict[str, dict[str, int]] = {
    "section": {"text": 3_000},
    "field": {"text": 2_000},
    "header": {"text": 150},
    "input": {"label": 2_000, "hint": 2_000},
    "image": {"alt_text": 2_000, "title": 2_000, "image_url": 3_000},
    "button": {"text": 75, "value": 2_000, "url": 3_000, "accessibility_label": 75},
    "feedback": {"text": 75, "value": 2_000, "accessibility_label": 75},
    "icon_button": {"text": 75, "value": 2_000, "accessibility_label": 75},
    "option": {"text": 75, "value": 150, "description": 75, "url": 3_000},
    "option_group": {"label": 75},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "modal": {
        "title": 24,
        "submit": 24,
        "close": 24,
        "private_metadata": 3_000,
        "callback_id": 255,
        "external_id": 255,
    },
    "home": {"private_metadata": 3_000, "callback_id": 255, "external_id": 255},
}
ANYWHERE = {"placeholder": 150, "block_id": 255, "action_id": 255, "initial_value": TYPED}

# What a part of a block is -> how many of what it must and may hold.
COUNTS: dict[str, dict[str, tuple[int, int]]] = {
    "section": {"fields": (1, 10)},
    "context": {"elements": (1, 10)},
    "actions": {"elements": (1, 25)},
    "context_actions": {"elements": (1, 5)},
    "static_select": {"options": (1, 100), "option_groups": (1, 100)},
    "multi_static_select": {"options": (1, 100), "option_groups": (1, 100)},
    "option_group": {"options": (1, 100)},
    "overflow": {"options": (1, 5)},
    "radio_buttons": {"options": (1, 10)},
    "checkboxes": {"options": (1, 10)},
}

# A part without a type of its own is known by the key that it stands under.
BY_KEY = {
    "fields": "field",
    "options": "option",
    "option_groups": "option_group",
    "confirm": "confirm",
    "positive_button": "feedback",
    "negative_button": "feedback",
}


def in_message(message: Json, where: str) -> list[str]:
    """A message as chat.postMessage, a response_url or a slash command's answer takes it."""
    text, blocks = message.get("text") or "", message.get("blocks") or []
    found = list(_few_enough(blocks, BLOCKS_IN_A_MESSAGE, f"{where}.blocks"))
    if blocks and not text.strip():
        found.append(f"{where}.text: empty; notifications and screen readers have nothing but it")
    if len(text) > TEXT_HARD:
        found.append(f"{where}.text: {len(text)} characters, at most {TEXT_HARD}")
    return found + in_blocks(blocks, f"{where}.blocks")


def in_view(view: Json, where: str = "view") -> list[str]:
    """A modal or a home."""
    blocks = view.get("blocks") or []
    found = list(_few_enough(blocks, BLOCKS_IN_A_VIEW, f"{where}.blocks"))
    found += _too_long(view.get("type", ""), view, where)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        found.append(f"{where}: over {VIEW_BYTES} bytes")
    if view.get("type") == "modal" and not view.get("submit") and any(_is(block, "input") for block in blocks):
        found.append(f"{where}.submit: missing, and there is an input to submit")
    for name in ("title", "submit", "close"):
        found += _empty_text(view.get(name), f"{where}.{name}")
    return found + in_blocks(blocks, f"{where}.blocks")


def in_blocks(blocks: Sequence[Json], where: str) -> list[str]:
    """Blocks on any surface."""
    found = _repeated((block.get("block_id") for block in blocks), f"{where}: block_id")
    for number, block in enumerate(blocks):
        here = f"{where}[{number}]"
        parts = list(_parts(block, str(block.get("type")), here))
        found += _repeated((part.get("action_id") for _, part, _ in parts), f"{here}: action_id")
        for kind, part, path in parts:
            found += [*_too_long(kind, part, path), *_too_many(kind, part, path), *_typing(kind, part, path)]
            found += _empty_text(part, path)
    markdown = sum(len(block.get("text", "")) for block in blocks if _is(block, "markdown"))
    if markdown > MARKDOWN_IN_A_MESSAGE:
        found.append(f"{where}: {markdown} characters of markdown, at most {MARKDOWN_IN_A_MESSAGE}")
    return found


def _parts(node: Json, kind: str, path: str) -> Iterator[tuple[str, Json, str]]:
    """Everything in a block: (what it is, the part itself, where)."""
    yield kind, node, path
    for key, value in node.items():
        several = isinstance(value, list)
        for number, part in enumerate(value if several else [value]):
            if isinstance(part, dict):
                here = f"{path}.{key}[{number}]" if several else f"{path}.{key}"
                yield from _parts(part, BY_KEY.get(key) or str(part.get("type", key)), here)


def _is(block: Json, kind: str) -> bool:
    return block.get("type") == kind


def _few_enough(blocks: Sequence[Json], most: int, where: str) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{where}: {len(blocks)} blocks, at most {most}"


def _too_long(kind: str, part: Json, path: str) -> Iterator[str]:
    for key, most in {**ANYWHERE, **LENGTHS.get(kind, {})}.items():
        text = _text(part.get(key))
        if len(text) > most:
            yield f"{path}.{key}: {len(text)} characters, at most {most}"


def _too_many(kind: str, part: Json, path: str) -> Iterator[str]:
    for key, (least, most) in COUNTS.get(kind, {}).items():
        if key in part and not least <= len(part[key]) <= most:
            yield f"{path}.{key}: {len(part[key])}, must be {least} to {most}"


def _typing(kind: str, part: Json, path: str) -> Iterator[str]:
    """The bounds of a text field, and what stands in it from the start."""
    if kind != "plain_text_input":
        return
    least, most = part.get("min_length", 0), part.get("max_length", TYPED)
    if not 0 <= least <= TYPED:
        yield f"{path}.min_length: {least}, must be 0 to {TYPED}"
    if not 1 <= most <= TYPED:
        yield f"{path}.max_length: {most}, must be 1 to {TYPED}"
    if least > most:
        yield f"{path}.min_length: above max_length"
    if len(part.get("initial_value", "")) > most:
        yield f"{path}.initial_value: longer than max_length"


def _empty_text(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, dict) and part.get("type") in ("plain_text", "mrkdwn") and not part.get("text"):
        yield f"{path}.text: empty"


def _repeated(names: Iterator[str | None], what: str) -> list[str]:
    return [f"{what} {name!r} is there {count} times" for name, count in Counter(names).items() if name and count > 1]


def _text(value: Any) -> str:
    found = value.get("text", "") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""
