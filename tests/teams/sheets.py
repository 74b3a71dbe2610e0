"""An Adaptive Card as it lies before somebody: what is folded away, what is filled in, what it reads like."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.teams.world import Json

INNER = ("body", "items", "columns", "rows", "cells")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
MARKS = (
    (re.compile(r"\[([^\]]+)\]\([^)\s]*\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"</?at>"), ""),
)


@dataclass
class Sheet:
    """One card before one person. A card that comes in its place is another sheet."""

    card: Json
    values: dict[str, str] = field(default_factory=dict)
    toggled: dict[str, bool] = field(default_factory=dict)
    unfolded: set[str] = field(default_factory=set)  # titles of Action.ShowCard
    errors: dict[str, str] = field(default_factory=dict)  # what stands beside an input, by its id

    def __post_init__(self) -> None:
        for element in inputs(self.card):
            self.values.setdefault(element["id"], str(element.get("value") or first_value(element)))

    @property
    def text(self) -> str:
        """All that is to be seen, a line for each thing."""
        return "\n".join(line for line in self._lines(self.card) if line)

    def actions(self) -> list[tuple[Json, Json]]:
        """What can be pressed, in the order of reading, each with the card whose inputs go with it."""
        return list(self._actions(self.card, self.card))

    def elements(self) -> Iterator[Json]:
        """What is to be seen, whole elements."""
        return self._elements(self.card)

    def toggle(self, action: Json) -> None:
        """Action.ToggleVisibility."""
        elements = {each["id"]: each for each in walk(self.card) if "id" in each}
        for target in action["targetElements"]:
            name = target if isinstance(target, str) else target["elementId"]
            assert name in elements, f"'{action.get('title')}' toggles '{name}', which is not in the card"
            wanted = target.get("isVisible") if isinstance(target, dict) else None
            self.toggled[name] = not self._visible(elements[name]) if wanted is None else wanted

    def unfold(self, action: Json) -> None:
        """Action.ShowCard: opens its card, and closes it when pressed again."""
        self.unfolded ^= {action["title"]}

    def _visible(self, element: Json) -> bool:
        return self.toggled.get(element.get("id", ""), element.get("isVisible") is not False)

    def _elements(self, element: Json) -> Iterator[Json]:
        if not self._visible(element):
            return
        yield element
        for inner in parts(element):
            yield from self._elements(inner)
        for action in element.get("actions") or []:
            if action["type"] == "Action.ShowCard" and action["title"] in self.unfolded:
                yield from self._elements(action["card"])

    def _lines(self, element: Json) -> Iterator[str]:
        if not self._visible(element):
            return
        yield from self._own_lines(element)
        for inner in parts(element):
            yield from self._lines(inner)
        for action in element.get("actions") or []:
            yield action.get("title", "")
            if action["type"] == "Action.ShowCard" and action["title"] in self.unfolded:
                yield from self._lines(action["card"])

    def _own_lines(self, element: Json) -> Iterator[str]:
        kind = element.get("type", "")
        if kind == "TextBlock":
            yield plain(element["text"])
        elif kind == "RichTextBlock":
            yield "".join(run if isinstance(run, str) else run["text"] for run in element["inlines"])
        elif kind == "FactSet":
            yield from (f"{plain(fact['title'])} {plain(fact['value'])}" for fact in element["facts"])
        elif kind.startswith("Input."):
            yield from self._input_lines(element)
        elif kind in ("Image", "Media"):
            yield element.get("altText", "")

    def _input_lines(self, element: Json) -> Iterator[str]:
        yield element.get("label", "")
        yield element.get("title", "")
        titles = {choice["value"]: choice["title"] for choice in element.get("choices") or []}
        chosen = self.values[element["id"]]
        if element["type"] == "Input.Toggle":
            return
        if titles and element.get("style") == "expanded":
            yield from titles.values()
        else:
            yield ", ".join(titles.get(each, each) for each in chosen.split(",")) if titles else chosen
        yield self.errors.get(element["id"], "")

    def _actions(self, element: Json, card: Json) -> Iterator[tuple[Json, Json]]:
        if not self._visible(element):
            return
        if element.get("selectAction"):
            yield element["selectAction"], card
        for inner in parts(element):
            yield from self._actions(inner, card)
        for action in element.get("actions") or []:
            yield action, card
            if action["type"] == "Action.ShowCard" and action["title"] in self.unfolded:
                yield from self._actions(action["card"], action["card"])


def parts(element: Json) -> Iterator[Json]:
    """What lies directly inside an element."""
    for key in INNER:
        inner = element.get(key) or []
        yield from (each for each in inner if isinstance(each, dict) and (key != "columns" or "type" in each))


def walk(element: Json, into_cards: bool = True) -> Iterator[Json]:
    """An element with all that is in it, seen or not; cards of Action.ShowCard unless told otherwise."""
    yield element
    for inner in parts(element):
        yield from walk(inner, into_cards)
    if into_cards:
        for action in element.get("actions") or []:
            if action.get("type") == "Action.ShowCard":
                yield from walk(action["card"])


def inputs(card: Json, into_cards: bool = True) -> list[Json]:
    return [each for each in walk(card, into_cards) if str(each.get("type", "")).startswith("Input.")]


def all_actions(card: Json) -> Iterator[Json]:
    """Every button, seen or not."""
    for element in walk(card):
        yield from element.get("actions") or []
        for one in (element.get("selectAction"), (element.get("refresh") or {}).get("action")):
            yield from [one] if one else []


def first_value(element: Json) -> str:
    """What an input holds when nothing was given: a toggle is off."""
    return str(element.get("valueOff", "false")) if element["type"] == "Input.Toggle" else ""


def plain(text: str) -> str:
    """What is read where markdown is understood."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[1])
        return f"\0{len(kept) - 1}\0"

    shown = ESCAPED.sub(keep, text)
    for mark, instead in MARKS:
        shown = mark.sub(instead, shown)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], html.unescape(shown))
