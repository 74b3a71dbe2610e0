"""What `askfirst score` says beside its figures, in aligned lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.console.text import printable
from bot.answering.scoring import MEANINGS, Asked, Confusion, Labelled, aligned, confusions, figures, grouped, in_table
from bot.answering.scoring.bordering import ANSWER, HAND_OVER, OFFER, Stand, borders, stand_of
from bot.knowledge import Knowledge
from bot.understanding.fitting import Understanding

_LONGEST = 60  # characters of a question that is listed
_SIDES = {
    ANSWER: ("just answered", "just not answered"),
    OFFER: ("just offered, or more", "just not offered"),
    HAND_OVER: ("just handed over", "just not handed over"),
}


def figure_lines(asked: Sequence[Asked]) -> Iterator[str]:
    """Every figure with what it is the share of."""
    found = figures(asked)
    widest = max(len(str(figure)) for figure in found)
    yield from (f"{figure!s:<{widest}}   {MEANINGS[figure.name]}" for figure in found)


def group_lines(asked: Sequence[Asked], by: str) -> Iterator[str]:
    """The same figures for each group, and before them how many questions it has."""
    groups = grouped(asked, by)
    yield from ("", f"By {by}:")
    yield from aligned([(group.name, f"{group.size} questions") for group in groups])
    yield from in_table(groups)


def confusion_lines(knowledge: Knowledge, asked: Sequence[Asked]) -> Iterator[str]:
    """Which entry was said where which clauses were expected, with the entries that rest on those."""
    found = confusions(asked)
    yield from ("", "Said where other clauses were expected:" if found else "No other entry was said than expected.")
    for each in found:
        how = "offered" if each.offered else "answered"
        yield f"{len(each.questions)} x {how} {each.entry}, expected {', '.join(each.expected) or 'no clause'}"
        yield f"      those are of {_owners(knowledge, each)}; questions {', '.join(each.questions)}"


def _owners(knowledge: Knowledge, each: Confusion) -> str:
    expected = set(each.expected)
    owners = [entry.id for entry in knowledge.entries.values() if entry.first_cites & expected]
    return ", ".join(owners) if owners else "no entry"


def border_lines(understanding: Understanding, questions: Sequence[Labelled], most: int) -> Iterator[str]:
    """The questions nearest to each threshold, from both sides, each with how far it is off."""
    stands = [stand_of(understanding, question) for question in questions]
    for border in borders(stands, most):
        yield from ("", f"Nearest to the threshold for {border.threshold}:")
        for heading, side in zip(_SIDES[border.threshold], (border.past, border.short), strict=True):
            yield f"  {heading}: {len(side) or 'none'}"
            yield from aligned([_row(stand, border.threshold) for stand in side]) if side else ()


def _row(stand: Stand, threshold: str) -> tuple[str, ...]:
    asked = printable(stand.question.text)
    short = asked if len(asked) <= _LONGEST else f"{asked[:_LONGEST].rstrip()}..."
    distance = f"{stand.distances[threshold]:+.3f}"
    return "   ", distance, stand.question.id, f"[{stand.question.kind}]", short
