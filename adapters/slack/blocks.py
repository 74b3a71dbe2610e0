"""The pieces that Slack messages and views are made of, within Slack's limits. Pure.

Everything that somebody typed goes into plain text, or is escaped: it can become neither markup nor a mention.
https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

HEADING = 500  # characters; escaped, one is up to five long
SECTION, BUTTON, BLOCKS, VIEW_BLOCKS, TITLE = 2900, 75, 50, 100, 24  # characters and blocks, a little under the limit


@dataclass(frozen=True)
class Drawn:
    """A message: blocks, and the plain text that notifications and screen readers read."""

    blocks: tuple[Block, ...]
    text: str


def escaped(text: str) -> str:
    """Text that Slack shows as it is: no markup, no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def paragraphs(text: str) -> list[Block]:
    """A text of ours as sections; long ones are split."""
    return [_section({"type": "mrkdwn", "text": part, "verbatim": True}) for part in _escaped_parts(text)]


def lines(shown: Sequence[str]) -> list[Block]:
    """Lines of markup that `escaped` and `linked` have made."""
    return [_section({"type": "mrkdwn", "text": "\n".join(shown), "verbatim": True})] if shown else []


def linked(text: str, address: str) -> str:
    """A link in a line of markup."""
    return f"<{escaped(address).replace('|', '%7C')}|{escaped(text).replace('|', '/')}>"


def _escaped_parts(text: str) -> Iterator[str]:
    """The text, escaped, in parts of which none is too long for a section."""
    for part in split(text, SECTION):
        whole = escaped(part)
        if len(whole) <= SECTION:
            yield whole
        else:
            yield from _escaped_parts(part[: len(part) // 2])
            yield from _escaped_parts(part[len(part) // 2 :])


def heading(text: str) -> Block:
    """A line in bold. Stars in it would end the bold: they are left out."""
    shown = escaped(cut(text.replace("*", ""), HEADING))
    return _section({"type": "mrkdwn", "text": f"*{shown}*", "verbatim": True})


def plain(text: str) -> list[Block]:
    """What somebody typed, as it is."""
    return [_section({"type": "plain_text", "text": part, "emoji": False}) for part in split(text, SECTION)]


def _section(text: Block) -> Block:
    """A section that is shown whole: Slack may fold others, and what to do must not stand behind "see more"."""
    return {"type": "section", "text": text, "expand": True}


def small(text: str) -> Block:
    """A quiet line."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": cut(text, SECTION), "emoji": False}]}


def button(label: str, action: str, value: str = "", style: str = "") -> Block:
    """One button; `action` tells it from the others of its message, `value` holds ids only."""
    made: Block = {"type": "button", "text": words(label, BUTTON), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return made


def buttons(made: Sequence[Block], block: str = "") -> list[Block]:
    """Buttons in rows of five."""
    rows = []
    for start in range(0, len(made), 5):
        row: Block = {"type": "actions", "elements": list(made[start : start + 5])}
        if block:
            row["block_id"] = f"{block}-{start}"
        rows.append(row)
    return rows


def words(text: str, limit: int) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def cut(text: str, limit: int) -> str:
    """The text, shortened to so many characters; never empty, which Slack would refuse."""
    shown = text.strip() or "–"
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def split(text: str, limit: int) -> list[str]:
    """A text in parts of at most `limit` characters, between lines or words where there is a gap."""
    parts, left = [], text.strip()
    while len(left) > limit:
        gap = max(left.rfind("\n", limit // 2, limit), left.rfind(" ", limit // 2, limit))
        end = gap if gap > 0 else limit
        parts.append(left[:end].strip())
        left = left[end:].strip()
    return [part for part in (*parts, left) if part]


def modal(title: str, blocks: Sequence[Block], callback: str, submit: str = "", metadata: str = "") -> Block:
    """A view in front of everything; with `submit`, the label of the button that sends it."""
    view: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": words(title, TITLE),
        "close": words("Cancel" if submit else "Close", TITLE),
        "blocks": list(blocks[:VIEW_BLOCKS]),
        "private_metadata": metadata,
    }
    if submit:
        view["submit"] = words(submit, TITLE)
    return view


_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|([^>]*))?>")


def without_mention(text: str) -> str:
    """A question as it was typed, without the mentions in it, and with Slack's escapes undone."""
    return _unescaped(_MENTION.sub(" ", text))


def with_names(text: str, app: str, names: Mapping[str, str]) -> str:
    """What was typed, without the mention of the app in it (`app` is its user id). Whoever else is mentioned stays, by
    the name that Slack gave with it, else by `names`, else by their id."""

    def named(found: re.Match[str]) -> str:
        user, label = found[1], found[2]
        return " " if user == app else f"@{label or names.get(user) or user}"

    return _unescaped(_MENTION.sub(named, text))


def mentioned(text: str, app: str) -> list[str]:
    """The ids of those who are mentioned without a name, besides the app; each once."""
    return list(dict.fromkeys(user for user, label in _MENTION.findall(text) if user != app and not label))


def _unescaped(text: str) -> str:
    text = re.sub(r"<(?:[#!][^|>]*\|?|(?:https?|mailto|tel):[^|>]*\|)([^>]*)>", r"\1", text)
    text = re.sub(r"<((?:https?|mailto|tel):[^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
