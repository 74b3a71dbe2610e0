"""A question without a subject, outside a conversation: what it is about is asked, and nothing is guessed. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from bot.answering.answers import choices_among
from bot.answering.conversing.deciding import looked_up
from bot.answering.conversing.subject import bare_deed, lacks_subject, to_the_bot
from bot.answering.topics import served
from bot.answering.turns import REMEMBERED_FOR, Base, Conversation, Turn
from bot.knowledge import Entry
from bot.messages import Reply
from bot.understanding.decision import MAX_CHOICES
from bot.understanding.language import stem
from bot.understanding.reading import Reading

ABOUT_WHAT = (
    "What is it about? Say who it is about and what you want to do, such as: can I accept a present from a parent? "
    "If a child or an adult may be at risk, log a concern."
)
WHAT_OF = "What is it about? Choose one of these, or ask again and say who and what you mean."
_OFTEN = 3  # phrasings of an entry that name the deed: with fewer it is about something else
_SHARE = 0.08  # of its phrasings
_LIKELY = 0.05
_FEWEST = 2


def ask_back(base: Base, typed: str, reading: Reading, now: dt.datetime) -> Turn | None:
    """The turn that asks what a message is about; None where it says so, or is small talk."""
    words, said = base.knowledge.lexicon.subjectless, reading.form.words
    if deed := bare_deed(words, typed, said):
        entries = _entries_for(base, deed, reading)
        if len(entries) >= _FEWEST:
            reply = Reply("choices", text=WHAT_OF, choices=choices_among(entries, 0.0).choices, confidence=1.0)
            return Turn(reply, Conversation(until=now + REMEMBERED_FOR))
    elif not lacks_subject(words, typed, said) or to_the_bot(said, looked_up(base, reading)):
        return None
    return Turn(Reply("no-answer", text=ABOUT_WHAT, form=True, confidence=1.0), Conversation())


def _entries_for(base: Base, deed: str, reading: Reading) -> list[Entry]:
    """What may be done so, each under another rule and, as far as there are, of another topic: what the message sounds
    like first, then what is most asked with this deed."""
    entries = served(base.knowledge, base.knowledge.entries.values())
    asked = {each.id: _times_asked(each, deed) for each in entries}
    likely = [each.entry for each in base.understanding.matcher.why(reading).candidates if each.confidence >= _LIKELY]
    often = [each for each in entries if asked[each.id] >= max(_OFTEN, _SHARE * len(each.phrasings))]
    often.sort(key=lambda each: (each.id not in likely, -asked[each.id] / len(each.phrasings)))
    return _different(base, often)


def _times_asked(entry: Entry, deed: str) -> int:
    root = stem(deed).removesuffix("e").removesuffix("i")
    found = re.compile(rf"\b(?:{deed}|{root}(?:e|es|ed|ing|s|y|ies|ied|ying))\b")
    # Most of what is looked through does not even have the root, and looking for that takes a tenth of the time.
    return sum(root in each.text and bool(found.search(each.text)) for each in entry.phrasings)


def _different(base: Base, entries: Sequence[Entry]) -> list[Entry]:
    """The first few that speak with different voices, one of each topic before two of any."""
    same = base.understanding.matcher.classes.same_rule
    chosen: list[Entry] = []
    for every_topic in (False, True):
        for entry in entries:
            known = any(same(entry.id, each.id) for each in chosen)
            if not known and (every_topic or entry.file not in {each.file for each in chosen}):
                chosen.append(entry)
    return chosen[:MAX_CHOICES]
