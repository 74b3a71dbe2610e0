"""How the value of a field, as ruamel.yaml read it, comes to what is wished, with what is not changed in it kept.
Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

from bot.knowledge.authoring.draft import OWN_WRITER, EntryText
from bot.knowledge.authoring.layout import Change
from bot.knowledge.entries.rules import FIRST_WRITER
from bot.knowledge.model import NotThis

PARAGRAPHS = ("answer", "why", "instead", "note")
_NAMES = ("ruling", "ask")  # bare where they can be
_LINE = 100  # characters; a longer text is folded


def with_own(there: Any, texts: tuple[str, ...]) -> Any:
    """The value of `phrasings` or `opposites` as a whole: a plain list is that of the first edition's writer."""
    if isinstance(there, Mapping):
        left = CommentedMap((writer, own) for writer, own in there.items() if writer != OWN_WRITER)
    else:
        left = CommentedMap({FIRST_WRITER: there} if there else {})
    if texts:
        left[OWN_WRITER] = texts_list(texts)
    return left or None


def changes_to(wished: EntryText) -> dict[str, Change]:
    """How each field but facts and phrasings comes to what is wished."""
    texts: dict[str, Change] = {
        name: text_change(name, getattr(wished, name)) for name in ("title", "badge", *_NAMES, *PARAGRAPHS)
    }
    lists: dict[str, Change] = {name: _items(getattr(wished, name)) for name in ("cites", "nations", "confirm")}
    return {**texts, **lists, "not_this": _look_alikes(wished.not_this)}


def text_change(name: str, text: str) -> Change:
    return lambda _: _scalar(name, text) if text else None


def _scalar(name: str, text: str) -> Any:
    if name in _NAMES:
        return text
    if len(text) > _LINE:
        return FoldedScalarString(text)
    return DoubleQuotedScalarString(text)


def _items(wanted: tuple[str, ...]) -> Change:
    def change(there: Any) -> Any:
        if not wanted:
            return None
        if not isinstance(there, list):
            return texts_list(wanted)
        for item in [each for each in there if flat(str(each)) not in wanted]:
            del there[there.index(item)]
        for place, item in enumerate(wanted):
            now = [flat(str(each)) for each in there]
            if place < len(now) and now[place] == item:
                continue
            if item in now:
                del there[now.index(item)]
            there.insert(place, DoubleQuotedScalarString(item) if " " in item else item)
        return there

    return change


def _look_alikes(wanted: tuple[NotThis, ...]) -> Change:
    def change(there: Any) -> Any:
        if not wanted:
            return None
        made: Any = there if isinstance(there, Mapping) else CommentedMap()
        targets = {each.text: each.target for each in wanted}
        for text in [text for text in made if flat(str(text)) not in targets]:
            del made[text]
        known = {flat(str(text)): text for text in made}
        for text, target in targets.items():
            key = known.get(text, DoubleQuotedScalarString(text))
            if key not in made or flat(str(made[key])) != target:
                made[key] = target
        return made

    return change


def texts_list(texts: tuple[str, ...]) -> list[Any]:
    return [DoubleQuotedScalarString(text) if " " in text else text for text in texts]


def flat(text: str) -> str:
    return " ".join(text.split())
