"""What `askfirst gaps` says: whom somebody could ask who answers such questions, and what they are near to.

What may be about somebody at risk is not kept as a gap. The base that judges now may be another than the one that did
when the question was kept, so each is judged again, and never shown where there is a doubt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from adapters.console.text import printable
from bot.answering.dialogue import Base, ask_once
from bot.answering.explaining import alike
from bot.answering.hearing import hear
from bot.answering.topics import topic_of, whom_to_ask
from bot.answering.wordings import called
from bot.knowledge import Entry
from bot.messages import Message
from bot.store import Gap
from bot.understanding.decision import Decision, NoMatch
from bot.understanding.reading import Reading

ALIKE = 0.5  # from which two questions count as like ones
FAR = 0.5  # of what is likely enough to be offered: with less, a question is near to nothing, whatever comes nearest
NOTHING_LIKE_IT = "Nothing like it"
_LONGEST = 300  # characters of a question
_FORGET = "askfirst gaps --forget deletes all of them."
_OFFICE = "office"  # who is asked where nobody knows who does


@dataclass(frozen=True)
class _Placed:
    """A gap with the role that is asked about it, the entries that come nearest (none where all are far), and what is
    said of it."""

    gap: Gap
    reading: Reading
    role: str
    nearest: tuple[Entry, ...]
    remark: str


_Alike = list[_Placed]  # one or more like ones


def gap_lines(base: Base, gaps: Sequence[Gap], now: dt.datetime) -> Iterator[str]:
    """By role, then by topic of the nearest entry where one is near, the largest first. Like ones stay together, where
    the first is."""
    shown = [gap for gap in gaps if not _may_be_a_concern(base, gap, now)]
    yield f"{_questions(len(shown))} that no answer helped with, by whom to ask."
    for role, asked in _largest_first(_alike([_placed(base, gap) for gap in shown]), lambda first: first.role):
        yield from ("", f"{_capital(called(base.knowledge, role))}: {_questions(_size(asked))}")
        for topic, near in _largest_first(asked, _topic):
            yield f"  {topic}: {_size(near)}"
            for group in sorted(near, key=len, reverse=True):
                yield from _group(group)
    if hidden := len(gaps) - len(shown):
        yield from ("", f"{_questions(hidden)} not shown, which may be about somebody at risk. {_FORGET}")


def _may_be_a_concern(base: Base, gap: Gap, now: dt.datetime) -> bool:
    reply = ask_once(base, gap.question, now).reply
    return reply.kind == "handover" or reply.note is not None


def _placed(base: Base, gap: Gap) -> _Placed:
    understanding, knowledge = base.understanding, base.knowledge
    asked = hear(understanding, Message(gap.question, conversation="")).asked or understanding.reader.read(gap.question)
    decision = understanding.matcher.match(asked)
    why = understanding.matcher.why(asked)
    nearest = tuple(knowledge.entries[each.entry] for each in why.candidates)
    given = knowledge.find(gap.entry)
    role, remark = _role(base, decision, given or nearest[0]), _remark(gap, given, decision)
    far = isinstance(decision, NoMatch) and why.candidates[0].confidence < FAR * why.offer_at
    return _Placed(gap, asked, role, () if far else nearest, remark)


def _topic(placed: _Placed) -> str:
    return topic_of(placed.nearest[0]).title if placed.nearest else NOTHING_LIKE_IT


def _role(base: Base, decision: Decision, entry: Entry) -> str:
    """Whom such messages are asked of, or who answers for the entry that was given, or would be now."""
    if isinstance(decision, NoMatch):
        return decision.ask or _OFFICE
    return whom_to_ask(base.knowledge, entry).role


def _remark(gap: Gap, given: Entry | None, decision: Decision) -> str:
    if gap.reason == "not-helpful" and gap.entry:
        return f'"{given.title if given else gap.entry}" did not help'
    return "no answer" if isinstance(decision, NoMatch) else "no answer then, but now"


def _group(group: _Alike) -> Iterator[str]:
    near = "; ".join(f"{entry.title} ({entry.id})" for entry in group[0].nearest)
    said = [f"{len(group)} alike"] if len(group) > 1 else []
    if said := [*said, *([f"nearest: {near}"] if near else [])]:
        yield f"    {', '.join(said)}"
    for each in group:
        question = printable(each.gap.question)[:_LONGEST]
        yield f"      {each.gap.asked_on.isoformat()}  {question}  ({each.remark})"


def _largest_first(groups: Sequence[_Alike], name: Callable[[_Placed], str]) -> list[tuple[str, list[_Alike]]]:
    found: dict[str, list[_Alike]] = {}
    for group in groups:
        found.setdefault(name(group[0]), []).append(group)
    return sorted(found.items(), key=lambda item: (-_size(item[1]), item[0]))


def _size(groups: Sequence[_Alike]) -> int:
    return sum(map(len, groups))


def _alike(placed: Sequence[_Placed]) -> list[_Alike]:
    """Each question joins the first group whose first question is like it."""
    groups: list[_Alike] = []
    for each in placed:
        group = next((group for group in groups if alike(each.reading, group[0].reading) >= ALIKE), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _questions(number: int) -> str:
    return f"{number} question{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
