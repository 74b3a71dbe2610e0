"""The pieces that Adaptive Cards are made of, within what Teams takes. Pure.

Everything that somebody typed, or that comes out of the base, goes into runs of plain text: it can become neither
markup nor a link. Schema 1.5 is what Teams takes from bots everywhere.
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Part = dict[str, Any]

SUMMARY, BUTTON, LONGEST = 300, 75, 20_000  # characters; and bytes of a card, well under Teams' 28 KB for a message
_ROW = 6  # buttons in a row; more would be hidden behind a menu
LONGER = "The rest is longer than Teams can show. Read it on the page."
_MARKUP = "\\`*_{}[]()#+-.!|>~"


@dataclass(frozen=True)
class Card:
    """An Adaptive Card, and the line that notifications read."""

    content: Part
    summary: str


def card(parts: Sequence[Part], summary: str, refresh: Part | None = None, whole: bool = False) -> Card:
    """Parts -> card. What does not fit is left out from the end, and said so; a `whole` one, such as a form, is not."""
    shown = cut(summary, SUMMARY)
    content: Part = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": shown,
        "speak": shown,
        "body": list(parts) if whole else fitting(parts),
    }
    if refresh:
        content["refresh"] = refresh
    return Card(content, shown)


def fitting(parts: Sequence[Part], last: Sequence[Part] = ()) -> list[Part]:
    """As many parts as Teams takes. `last` stays, and so do buttons at the end, whatever has to go."""
    kept, stay = list(parts), list(last)
    while kept and kept[-1].get("type") == "ActionSet":
        stay.insert(0, kept.pop())
    room, sizes = LONGEST - _size(stay), [_size([part]) for part in kept]
    if sum(sizes) <= room:
        return [*kept, *stay]
    while sizes and sum(sizes) > room:
        sizes.pop()
    return [*kept[: len(sizes)], small(LONGER), *stay]


def text(words: str, **look: Any) -> Part:
    """A paragraph, as it was written."""
    run = {"type": "TextRun", "text": _shown(words), **look}
    return {"type": "RichTextBlock", "inlines": [run]}


def linked(words: str, label: str, address: str) -> Part:
    """A paragraph with something to press at its end."""
    part = text(words)
    press_it = {"type": "Action.OpenUrl", "title": cut(label, BUTTON), "url": address}
    part["inlines"].append({"type": "TextRun", "text": _shown(label), "color": "Accent", "selectAction": press_it})
    return part


def small(words: str) -> Part:
    """A quiet line."""
    return text(words, size="Small", isSubtle=True)


def heading(words: str, large: bool = False) -> Part:
    """A line in bold that screen readers find as a heading."""
    escaped = "".join(f"\\{char}" if char in _MARKUP else char for char in _shown(cut(words, 300)))
    size = "Large" if large else "Default"
    return {"type": "TextBlock", "style": "heading", "text": escaped, "weight": "Bolder", "size": size, "wrap": True}


def problem(words: str) -> Part:
    """What is wrong, above the field that it is about."""
    return {**text(f"✗ {words}", color="Attention", weight="Bolder"), "spacing": "Medium"}


def beside(label: str, wrong: str) -> Part:
    """What is wrong with the field that follows."""
    return problem(f"{label} {wrong}" if label.endswith("?") else f"{label}: {wrong}")


def paragraphs(words: str) -> list[Part]:
    """A text with its lines and gaps. Each line is an element: Teams shows no line breaks within one."""
    found: list[Part] = []
    for part in re.split(r"\n\s*\n", words):
        first, *others = [line for line in part.splitlines() if line.strip()] or [""]
        if first:
            found += [text(first), *({**text(line), "spacing": "None"} for line in others)]
    return found


def hidden(name: str, parts: Sequence[Part]) -> Part:
    """Parts that a button unfolds."""
    return {"type": "Container", "id": name, "isVisible": False, "items": list(parts)}


def unfold(label: str, name: str) -> Part:
    """The button that unfolds them."""
    return {"type": "Action.ToggleVisibility", "title": cut(label, BUTTON), "targetElements": [name]}


def press(label: str, value: str, style: str = "") -> Part:
    """A button that changes the card that it stands in; `value` holds ids only."""
    return _styled({"type": "Action.Execute", "title": cut(label, BUTTON), "verb": "do", "data": {"do": value}}, style)


def opener(label: str, value: str, style: str = "") -> Part:
    """A button that opens a dialog."""
    data = {"msteams": {"type": "task/fetch"}, "do": value}
    return _styled({"type": "Action.Submit", "title": cut(label, BUTTON), "data": data}, style)


def link(label: str, address: str) -> Part:
    """A button that opens a page."""
    return {"type": "Action.OpenUrl", "title": cut(label, BUTTON), "url": address}


def sender(label: str, data: Mapping[str, str]) -> Part:
    """The button that sends a dialog."""
    return {"type": "Action.Submit", "title": cut(label, BUTTON), "style": "positive", "data": dict(data)}


def rows(buttons: Sequence[Part]) -> list[Part]:
    """Buttons in rows."""
    return [
        {"type": "ActionSet", "actions": list(buttons[start : start + _ROW])} for start in range(0, len(buttons), _ROW)
    ]


def refreshed(value: str, users: Sequence[str]) -> Part:
    """Asks for the card again when one of these users comes to see it."""
    action = {"type": "Action.Execute", "title": "Refresh", "verb": "do", "data": {"do": value}}
    return {"action": action, "userIds": list(users)}


def dialog(title: str, parts: Sequence[Part], height: str = "large", whole: bool = False) -> Part:
    """The answer that opens a dialog or goes on in it."""
    content = card(parts, title, whole=whole).content
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    value = {"title": title, "height": height, "width": "medium", "card": attachment}
    return {"task": {"type": "continue", "value": value}}


def cut(words: str, limit: int) -> str:
    """The text, shortened to so many characters; never empty."""
    shown = words.strip() or "–"
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def _styled(action: Part, style: str) -> Part:
    return {**action, "style": style} if style else action


def _shown(words: str) -> str:
    """Without what cards would work out, such as {{DATE(…)}}; never empty."""
    return words.replace("{{", "{\u200b{") or "–"


def to_json(data: object) -> str:
    """As it goes to Teams: written out, because Teams counts bytes, and a character outside ASCII would take six."""
    return json.dumps(data, ensure_ascii=False)


def _size(parts: Sequence[Part]) -> int:
    return len(to_json(parts).encode())
