"""Slack's markup: what a person sees of it, how a typed message is turned into it, and slips that spoil it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_REFERENCE = re.compile(r"<([^<>]+)>")
_STYLE = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)(.+?)(?<=\S)\1(?![\w*_~`])")
_URL = re.compile(r"https?://[^\s<>]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_STRAY = (
    (re.compile(r"\*\*\S"), "Markdown's ** is shown as it is; mrkdwn's bold is one *"),
    (re.compile(r"\[[^\]]+\]\(\w+:[^)]*\)"), "Markdown's [text](address) is shown as it is; mrkdwn has <address|text>"),
    (re.compile(r"^#{1,6} ", re.M), "Markdown's # heading is shown as it is"),
    (re.compile(r"&(?!amp;|lt;|gt;)"), "a bare & must be written &amp;"),
    (re.compile(r"&amp;(?:amp|lt|gt);"), "escaped twice"),
    (re.compile(r"<(?![@#!]|https?:|mailto:|tel:|slack:)"), "a bare < must be written &lt;"),
)
_KINDS = re.compile(r"<(?:[@#!]|https?:|mailto:|tel:|slack:)[^<>]*>")


def visible(text: str, names: Mapping[str, str] | None = None) -> str:
    """What a person sees of mrkdwn: `names` says what the ids of people and channels are called."""
    shown = _REFERENCE.sub(lambda found: _reference(found[1], names or {}), text)
    for _ in range(3):  # a bold word may be struck out as well
        shown = _STYLE.sub(r"\2", shown)
    return unescaped(shown)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, mentions: Mapping[str, str]) -> str:
    """What Slack makes of a message that somebody typed: escaped, with addresses and mentions marked."""
    sent = _URL.sub(lambda found: f"<{found[0]}>", escaped(text))
    sent = _EMAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", sent)
    for name, user in mentions.items():
        sent = re.sub(rf"@{re.escape(name)}\b", f"<@{user}>", sent)
    return sent


def untidy(text: str) -> list[str]:
    """Slips in mrkdwn that Slack takes without a word and people then see."""
    return [f"{slip}: {text[:80]!r}" for slip in _slips(text)]


def _slips(text: str) -> Iterator[str]:
    yield from (slip for pattern, slip in _STRAY if pattern.search(text))
    if ">" in re.sub(r"^>", "", _KINDS.sub("", text), flags=re.M):
        yield "a bare > must be written &gt;"


def _reference(inside: str, names: Mapping[str, str]) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return target[0] + (label or names.get(target[1:], target[1:]))
    if target.startswith("!"):
        return label if bar else "@" + target[1:].partition("^")[0]
    return label or target
