"""What is on the screen: the words of messages, modals and homes as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.slack import forms, mrkdwn
from tests.slack.workspace import BOT_USER, Json, OpenView, Post

# The order in which the parts of a block are read.
READ = (
    *("title", "label", "text", "description", "fields", "accessory", "elements", "element", "placeholder"),
    *("positive_button", "negative_button", "hint", "alt_text", "rows"),
)
SHOWN = 200  # characters of a section that Slack may fold
UNFOLDED = ("radio_buttons", "checkboxes")  # their options stand open; a menu shows only what is chosen


@dataclass(frozen=True)
class Shown:
    """A message as one person sees it."""

    post: Post
    names: Mapping[str, str]

    @property
    def text(self) -> str:
        """Its words. The text beside blocks is for notifications and is not on the screen."""
        blocks = self.post.raw.get("blocks")
        return words(blocks, self.names) if blocks else mrkdwn.visible(self.post.raw.get("text", ""), self.names)

    @property
    def notification(self) -> str:
        """What a locked phone shows of it."""
        return mrkdwn.visible(self.post.raw.get("text", ""), self.names)

    @property
    def labels(self) -> list[str]:
        return [control.label for control in forms.pressable(self.post.raw.get("blocks") or [])]

    @property
    def blocks(self) -> list[Json]:
        return list(self.post.raw.get("blocks") or [])

    @property
    def channel(self) -> str:
        return self.post.channel

    @property
    def ts(self) -> str:
        return self.post.ts

    @property
    def thread(self) -> str | None:
        return self.post.thread

    @property
    def ephemeral(self) -> bool:
        return self.post.only_for is not None

    @property
    def from_app(self) -> bool:
        return self.post.author == BOT_USER


@dataclass(frozen=True)
class ShownView:
    """A modal or a home as one person sees it."""

    view: OpenView
    names: Mapping[str, str]

    @property
    def raw(self) -> Json:
        return self.view.raw

    @property
    def title(self) -> str:
        return _plain(self.view.raw["title"]) if self.view.raw["type"] == "modal" else ""

    @property
    def submit(self) -> str:
        return _plain(self.view.raw.get("submit")) or "Submit"

    @property
    def close(self) -> str:
        return _plain(self.view.raw.get("close")) or "Close"

    @property
    def text(self) -> str:
        """All of it: the title, the words and what is entered, the errors, the buttons at the foot."""
        inside = words(self.view.raw["blocks"], self.names, self.view.values)
        modal = self.view.raw["type"] == "modal"
        foot = [self.submit if self.view.raw.get("submit") else "", self.close] if modal else []
        return "\n".join(line for line in [self.title, inside, *self.errors.values(), *foot] if line)

    @property
    def errors(self) -> dict[str, str]:
        """The field's label -> what is said beside it."""
        labels = {block["block_id"]: _plain(block.get("label")) for block in self.view.raw["blocks"]}
        return {labels.get(block) or block: error for block, error in self.view.errors.items()}

    @property
    def labels(self) -> list[str]:
        return [control.label for control in forms.pressable(self.view.raw["blocks"])]

    @property
    def fields(self) -> dict[str, Any]:
        """The field's label -> what is entered."""
        return {
            control.label: self.view.values[control.block["block_id"]][control.element["action_id"]].get(
                forms.HELD[control.kind][0]
            )
            for control in forms.fillable(self.view.raw["blocks"])
        }


def words(blocks: Sequence[Json], names: Mapping[str, str], values: Mapping[str, Any] | None = None) -> str:
    """The words of some blocks, one line for each piece of text."""
    lines = []
    for block in blocks:
        lines += list(_words(block, names))
        for held in (values or {}).get(block["block_id"], {}).values():
            lines += list(_held(held))
    return "\n".join(line for line in lines if line)


def mrkdwn_texts(node: Any) -> Iterator[str]:
    """Every piece of mrkdwn in a message or view."""
    if isinstance(node, list):
        for part in node:
            yield from mrkdwn_texts(part)
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from mrkdwn_texts(value)


def _words(node: Any, names: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from _words(part, names)
    elif isinstance(node, dict):
        yield from _words_of(node, names)


def _words_of(node: Json, names: Mapping[str, str]) -> Iterator[str]:
    kind = node.get("type", "")
    if kind == "section" and not node.get("expand"):
        yield from (_folded(line) for line in _words({**node, "expand": True}, names))
    elif kind == "mrkdwn":
        yield mrkdwn.visible(node["text"], names)
    elif kind == "rich_text_section":
        yield "".join(_rich(element, names) for element in node["elements"])
    else:
        yield from (line for key in READ if key in node for line in _words(node[key], names))
        if kind in UNFOLDED:
            for option in forms.options(node):
                yield from (*_words(option["text"], names), *_words(option.get("description"), names))


def _folded(line: str) -> str:
    """Slack folds a long section that does not ask to be shown whole; from how many characters on is not documented."""
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}… See more"


def _rich(element: Json, names: Mapping[str, str]) -> str:
    if element["type"] == "user":
        return "@" + names.get(element["user_id"], element["user_id"])
    return str(element.get("text") or element.get("url") or element.get("name") or "")


def _held(held: Json) -> Iterator[str]:
    """What somebody entered; what a menu stands at. Open options are read already."""
    if held["type"] in UNFOLDED:
        return
    value = held[forms.HELD[held["type"]][0]]
    for each in value if isinstance(value, list) else [value]:
        if each is not None:
            yield each["text"]["text"] if isinstance(each, dict) else str(each)


def _plain(text: Json | None) -> str:
    return str(text["text"]) if text else ""
