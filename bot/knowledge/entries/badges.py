"""A title of the first edition with its verdict -> a ruling and a badge, as well as it can be done by pattern alone.

People write them anew; until then a badge must say nothing wrong. Pure.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.knowledge.entries.rules import LONGEST_BADGE, is_bare
from bot.messages import Ruling


class Ruled(NamedTuple):
    """What comes in the place of a verdict: the ruling, the badge, and the answer without its Yes or No."""

    ruling: Ruling
    badge: str
    answer: str


# Where neither the title nor the answer gives one: true of any act.
_PLAIN: dict[Ruling, str] = {
    "do": "Do this", "dont": "Don't do this", "may": "Allowed", "may-if": "Allowed on conditions",
    "not-advised": "Not advised", "no-need": "No need", "depends": "It depends", "how": "How to do it",
    "info": "What the policy says",
}  # fmt: skip
_MINE = re.compile(r"(?:can|may|could) (?:i|we) (?!be \w+ed\b)(?P<act>.+)\?$", re.I)
_VERBS = "copy|join|see|read|have|use|film|follow|post|share|ring|contact|run|tell|answer|send|keep"
_THEIRS = re.compile(rf"(?:can|may|could) (?P<who>[\w’' ]+?) (?P<act>(?:{_VERBS}) .+)\?$", re.I)
_DUTY = re.compile(r"(?:do (?:i|we) (?:really )?(?:have|need) to|(?:must|should) (?:i|we)) (?P<act>.+)\?$", re.I)
_OPENING = re.compile(r"(?P<word>yes|no|not advised)(?P<mark>[.,:;!]+)\s+(?P<rest>\S.*)", re.I | re.S)
_TURNED = (
    (r"\bmy own\b", "your own"), (r"\bour own\b", "your own"), (r"\bmy\b", "your"), (r"\bour\b", "your"),
    (r"\bmyself\b", "yourself"), (r"\bmine\b", "yours"), (r"\bI am\b", "you are"), (r"\b(?:I|me|we|us)\b", "you"),
)  # fmt: skip


def ruled(verdict: str, title: str, answer: str) -> Ruled:
    """(verdict, title, answer) of the first edition -> ruling, badge and answer."""
    rest = without_yes_or_no(answer)
    ruling = _ruling(verdict, title)
    titled = _from_title(ruling, title)
    proposed = (titled, _first_sentence(rest), _first_part(rest) if ruling != "depends" else "", _cut(titled))
    return Ruled(ruling, next(filter(_fits, proposed), _PLAIN[ruling]), rest)


def without_yes_or_no(answer: str) -> str:
    """An answer that stands alone: "No. Do not add pupils" -> "Do not add pupils"; "Yes, if she agrees" -> "Only if she
    agrees"."""
    found = _OPENING.match(answer)
    if not found or found["word"].lower() == "not advised":
        return answer
    rest = found["rest"]
    if found["mark"] == "," and rest.lower().startswith("if "):
        return f"Only {rest[0].lower()}{rest[1:]}"
    return rest[0].upper() + rest[1:]


def _ruling(verdict: str, title: str) -> Ruling:
    """A yes to "must I" is an order, to "can I" a leave, to anything else what the policy says."""
    duty, leave = bool(_DUTY.match(title)), bool(_MINE.match(title) or _THEIRS.match(title))
    if verdict == "yes":
        return "do" if duty else "may" if leave else "info"
    if verdict == "no":
        return "no-need" if duty else "dont" if leave else "info"
    others: dict[str, Ruling] = {"not-advised": "not-advised", "yes-if": "may-if", "depends": "depends", "how": "how"}
    return others.get(verdict, "info")


def _from_title(ruling: Ruling, title: str) -> str:
    if ruling == "depends":
        return _PLAIN[ruling]
    if found := _MINE.match(title) or _DUTY.match(title):
        act = _turned(found["act"])
        begun = {"dont": "Don't ", "may": "You may ", "may-if": "On conditions: ", "not-advised": "Not advised: ",
                 "no-need": "No need to ", "do": ""}.get(ruling)  # fmt: skip
        said = f"{begun}{act}" if begun is not None else ""
        return said[:1].upper() + said[1:]
    if found := _THEIRS.match(title):
        may = {"dont": "may not", "may": "may", "may-if": "may, on conditions:"}.get(ruling)
        said = f"{_turned(found['who'])} {may} {_turned(found['act'])}" if may else ""
        return said[:1].upper() + said[1:]
    return ""


def _turned(words: str) -> str:
    """What somebody says of themselves, said to them."""
    for pattern, meant in _TURNED:
        words = re.sub(pattern, meant, words)
    return re.sub(r", (?:even|just|please)\b.*$", "", words.split(": ")[0].rstrip(".?! "))


def _first_sentence(answer: str) -> str:
    found = re.match(r"[^.!?]+(?=[.!?](?:\s|$))", answer)
    return found[0].strip() if found else ""


def _first_part(answer: str) -> str:
    """The first sentence up to a colon or a semicolon."""
    sentence = _first_sentence(answer)
    part = re.split(r"[:;]", sentence)[0].strip()
    return part if part != sentence and len(part.split()) >= 3 else ""


def _cut(badge: str) -> str:
    """What fits of it, with a mark that it goes on."""
    words = badge[: LONGEST_BADGE - 1].rsplit(" ", 1)[0].rstrip(" ,:;")
    return f"{words}…" if badge else ""


def _fits(badge: str) -> bool:
    return bool(badge) and len(badge) <= LONGEST_BADGE and not is_bare(badge) and "{" not in badge
