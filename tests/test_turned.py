"""What was learned to be of one kind and is of another by its words: who did it, and whether anybody is in danger."""

from __future__ import annotations

from bot.knowledge import Knowledge
from bot.messages import PERILS, HandoverKind
from bot.understanding.triage import READERS
from tests.conftest import ROOT
from tests.test_triage import Judged
from tests.yaml_files import read_yaml

WORDINGS = read_yaml(ROOT / "tests" / "told_apart.yaml")["turned"]
# What must not be turned into a concern that can wait, or is told to another reader.
KEPT: tuple[HandoverKind, ...] = ("medical", "missing", "fire", "weapon", "intruder", "own-conduct")


def each(which: str) -> list[tuple[HandoverKind, HandoverKind, str]]:
    return [
        (kind, group["to"], text) for group in WORDINGS.values() for kind in group["taken for"] for text in group[which]
    ]


def taken_for(knowledge: Knowledge, kind: HandoverKind) -> Judged:
    """The triage where every message was learned to be of this kind."""
    if kind == "own-conduct":
        return Judged(knowledge, grave=1, adult=1, own_conduct=1)
    if kind in PERILS:
        return Judged(knowledge, grave=1, emergency=1, **{kind: 1})
    assert kind in READERS
    return Judged(knowledge, grave=1, **{kind: 1})


def test_its_words_say_what_it_is(knowledge: Knowledge) -> None:
    assert each("are")
    assert [said for said in each("are") if not _turned(knowledge, *said)] == []


def test_what_looks_like_it_stays_what_it_was(knowledge: Knowledge) -> None:
    assert each("are not")
    assert [said for said in each("are not") if _turned(knowledge, *said)] == []


def _turned(knowledge: Knowledge, kind: HandoverKind, to: HandoverKind, text: str) -> bool:
    """Whether what was learned to be of one kind is of the other by its words."""
    return taken_for(knowledge, kind).sort(text).kind == to


def test_no_example_is_turned_from_a_danger_or_from_its_own_reader_into_a_childs_concern(knowledge: Knowledge) -> None:
    for kind in KEPT:
        judged = taken_for(knowledge, kind)
        for example in knowledge.triage.examples:
            if example.kind == kind:
                assert judged.sort(example.text).kind != "child", example.text
