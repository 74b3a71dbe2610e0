"""Questions that nobody could answer, or that an answer did not help with, as far as they may be made an entry of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from bot.answering.checking.files import bare
from bot.answering.hearing import hear
from bot.messages import Message
from bot.service.authoring.listing import NOT_HELPFUL, similar
from bot.service.authoring.model import OpenQuestion
from bot.service.authoring.names import pointed_in, vocabulary
from bot.service.authoring.shelf import Shelf
from bot.store import Gap
from bot.understanding.decision import Match

_MOST = 200


def unanswered(shelf: Shelf, since: dt.date | None = None, nearest: bool = True) -> tuple[OpenQuestion, ...]:
    """The most asked first. What may be a concern is not kept in the first place; what was learned since may say so of
    one that was kept, and it is not offered either."""
    groups: dict[str, list[Gap]] = {}
    for gap in shelf.store.talk(shelf.school).gaps():
        if since is None or gap.asked_on >= since:
            groups.setdefault(bare(gap.question), []).append(gap)
    ranked = sorted(groups.values(), key=lambda gaps: (-len(gaps), -gaps[-1].asked_on.toordinal()))
    return tuple(_offered(shelf, ranked, nearest))


def _offered(shelf: Shelf, ranked: list[list[Gap]], nearest: bool) -> Iterator[OpenQuestion]:
    allowed = vocabulary(shelf.knowledge)
    for gaps in ranked[:_MOST]:
        question = gaps[-1].question
        if all(gap.reason != NOT_HELPFUL for gap in gaps) and _is_answered(shelf, question):
            continue
        found = hear(shelf.base.understanding, Message(question, conversation="")).finding
        if found.urgency is not None or found.note:
            continue
        reason = Counter(gap.reason for gap in gaps).most_common(1)[0][0]
        about = next((gap.entry for gap in reversed(gaps) if gap.entry), None)
        yield OpenQuestion(
            question=question,
            reason=reason,
            times=len(gaps),
            last=gaps[-1].asked_on,
            entry=shelf.knowledge.current(about) if about else None,
            pointed=pointed_in(question, allowed),
            nearest=similar(shelf, question) if nearest else (),
        )


def _is_answered(shelf: Shelf, question: str) -> bool:
    """Whether an answer that staff get fits it by now."""
    understanding = shelf.base.understanding
    found = understanding.matcher.match(understanding.reader.read(question))
    entry = shelf.knowledge.find(found.best.entry) if isinstance(found, Match) else None
    return entry is not None and entry.served_in(shelf.knowledge.school.nation)
