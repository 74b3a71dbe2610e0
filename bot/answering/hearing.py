"""All that a message says, and whether any of it is about somebody at risk. Pure.

What was typed, what stands in it as a quotation, what was passed on, captions and the names of files are read alike in
every channel: a channel only says which is which. Nothing is too long for this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.answering.conversing.asking import clearest
from bot.messages import LONGEST, Message
from bot.understanding.fitting import Understanding
from bot.understanding.reading import Reading
from bot.understanding.tongue import is_foreign
from bot.understanding.triage import Finding

_QUOTED = re.compile(r"(?m)^[ \t]*>+(.*)$")
_POINTS = 8  # words: with fewer ("what do I do with this?") the quotation is what is asked about
_DOCUMENT = re.compile(
    r"(?i)\b(polic(y|ies)|procedures?|guidance|kcsie|lessons?|plans?|planning|training|inset|scheme|sow|slides?|"
    r"posters?|forms?|templates?|assembl(y|ies)|worksheets?|pshe|rse|ks ?\d|homework|news|article|displays?|jokes?|"
    r"makeup|play)\b"
)
_HARM = re.compile(
    r"(?i)\b(bruis\w*|injur\w*|wounds?|burns?|burnt|scald\w*|welts?|scars?|cuts?|cutting|black eyes?|blood\w*|bleed\w*|"
    r"bites?|self ?harm\w*|overdos\w*|suicid\w*|noose|ligature|nudes?|naked|topless|undress\w*|underwear|sext\w*|"
    r"indecent|explicit|porn\w*|dick ?pics?|upskirt\w*|abus\w*|assault\w*|strangl\w*|chok(ed|ing)|beat(en|ing)|hit|"
    r"punch\w*|slap\w*|knif\w*|knives|machete|blade|gun|weapons?|disclos\w*|grooming|groomed|threats?|fgm)\b"
)
_PICTURE = re.compile(
    r"(?i)\b(nudes|nude|sext(s|ed|ing)?|dick ?pics?|upskirt\w*|"
    r"(indecent|explicit|intimate|sexual|rude) (images?|pictures?|pics?|photos?|videos?|films?|clips?|selfies?)|"
    r"(images?|pictures?|pics?|photos?|videos?) of (her|his|their|the) (body|bum|breasts?|boobs|chest|private parts?|"
    r"privates|genitals?|penis|vagina))\b"
)
# Somebody may be undressed, or watch something, where there is no picture of them.
_BARE = r"(?:naked|topless|undressed|porn\w*)"
_SHOT = r"(?:photo(?:s|graphs?)?|pics?|pictures?|images?|videos?|clips?|snaps?|screen ?shots?|selfies?)"
_BETWEEN = r"(?:[^\w.!?\n]+\w+){0,9}?[^\w.!?\n]+"  # within a sentence
_BARE_IN_IT = re.compile(rf"(?i)\b(?:{_BARE}{_BETWEEN}{_SHOT}|{_SHOT}{_BETWEEN}{_BARE})\b")
_BARE_FILE = re.compile(rf"(?i)\b{_BARE}\b")
IN_NAME = "the name of a file"
NOT_ENGLISH = "not in English"


@dataclass(frozen=True)
class Heard:
    """What a message comes to: the gravest finding; the question in it and its reading, which states the facts (None
    where it has no words); what is looked up in the base, with or without what is beside the point; and whether it is
    too long to be answered as one question."""

    finding: Finding
    question: str
    reading: Reading | None
    asked: Reading | None
    too_long: bool


def shows_nudity(message: Message) -> bool:
    """Whether a message speaks of a nude or sexual picture: what must not be done with it cannot wait."""
    names = [_words_of(name) for name in message.files]
    parts = (message.text, *message.quoted, *names)
    shown = any(_PICTURE.search(part) or _BARE_IN_IT.search(part) for part in parts)
    return shown or any(map(_BARE_FILE.search, names))


def hear(understanding: Understanding, message: Message) -> Heard:
    """Read every part of a message; the gravest decides."""
    question = _question(message)
    too_long = len(message.text) > LONGEST
    reader, triage = understanding.reader, understanding.triage
    readings = reader.read_parts(question) if _says(question) else []
    found = [triage.sort(readings, reader.read)] if readings else []
    if too_long:  # a rule's exception somewhere in so long a text must not hide what it says elsewhere
        found += [triage.sort([reading], reader.read) for reading in readings]
    for part in dict.fromkeys(_others(message, question)):
        found.append(triage.sort(reader.read_parts(part), reader.read))
    if any(map(shows_harm, message.files)):
        found.append(Finding("concern", "pupil", 0.99, False, (IN_NAME,)))
    if is_in_another_language(message, reader.language.knows):
        found.append(_foreign())
    finding = max(found, key=_gravity, default=Finding(None, None, 0.0, False, ()))
    if not readings:
        return Heard(finding, question, None, None, too_long)
    asked = clearest(understanding, question, understanding.matcher.surer(readings[0], found[0].rest))
    return Heard(finding, question, readings[0], asked, too_long)


def shows_harm(name: str) -> bool:
    """Whether the name of a file says that it may show somebody hurt or undressed, or keep what a child said."""
    words = _words_of(name)
    return bool(_HARM.search(words)) and not _DOCUMENT.search(words)


def is_in_another_language(message: Message, own: Callable[[str], bool]) -> bool:
    """Whether a message, any part of it or a stretch of one is in another language than English. `own` says of a word
    whether the base uses it."""
    typed, pasted = _QUOTED.sub(" ", message.text), " ".join(_QUOTED.findall(message.text))
    together = " ".join((message.text, *message.quoted))  # a part alone, too: a short one is lost in the whole
    parts = dict.fromkeys((together, typed, pasted, *message.quoted, *map(_words_of, message.files)))
    return any(is_foreign(part, own) for part in parts)


def is_graver(now: Finding, before: Finding) -> bool:
    """Whether an edit makes a concern of what was none, a graver one, or one about somebody else."""
    if now.urgency is None:
        return False
    return (now.about, now.urgency == "immediate") != (before.about, before.urgency == "immediate")


def _question(message: Message) -> str:
    """What is asked: what was typed, with what it points to where it is too short to stand for itself."""
    typed, pasted = _QUOTED.sub(" ", message.text).strip(), _QUOTED.findall(message.text)
    quoted = " ".join(part.strip() for part in (*pasted, *message.quoted) if part.strip())
    if not quoted:
        return message.text
    return typed if len(typed.split()) >= _POINTS else f"{quoted} {typed}".strip()


def _others(message: Message, question: str) -> Iterator[str]:
    """The parts that the question leaves out, where they have words."""
    quoted = " ".join(message.quoted)
    parts = (message.text, quoted, " ".join(map(_words_of, message.files)))
    yield from (part for part in parts if _says(part) and part != question)


def _says(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _words_of(name: str) -> str:
    """bruises_Tom2.jpg -> bruises Tom."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[\W\d_]+", " ", stem).split())


def _foreign() -> Finding:
    """What hardly anybody here can read is handed over as the gravest that it may be."""
    return Finding("immediate", "pupil", 0.99, False, (NOT_ENGLISH,), "not-english")


def _gravity(finding: Finding) -> tuple[bool, bool, bool, float]:
    return finding.urgency == "immediate", finding.urgency is not None, finding.note, finding.chance
