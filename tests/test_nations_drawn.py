"""Every safeguarding entry as the four channels draw it in each of the four nations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

import pytest

from bot.answering.answers import source_of
from bot.answering.dialogue import Base
from bot.answering.turns import answered
from bot.knowledge import Entry, Knowledge
from bot.knowledge.schools.model import NATIONS
from bot.messages import Reply
from tests.conftest import NOW
from tests.test_handovers_drawn import each_channel, seen

SAFEGUARDING = frozenset({"safeguarding", "danger", "adults"})  # files of entries
KCSIE = "Keeping Children Safe in Education 2026"
OF_ENGLAND = f"{KCSIE} (England; good practice here)"
OF_BOTH = f"{KCSIE} (England and Wales; good practice here)"
BOTHS = "kcsie-39"  # the one clause there that holds in Wales too
_PLACEHOLDER = re.compile(r"\{[\w-]+\}")


def _drawn(channel: str, nation: str, knowledge: Knowledge, base: Base) -> Iterator[tuple[Entry, Reply, str]]:
    there = Base(replace(knowledge, school=replace(knowledge.school, nation=nation)), base.understanding)
    for entry in there.knowledge.entries.values():
        if PurePath(entry.file).stem in SAFEGUARDING:
            reply = answered(there, entry, {}, NOW, 1.0).reply
            yield entry, reply, seen(channel, reply).replace("\\", "")


@each_channel
@pytest.mark.parametrize("nation", NATIONS)
def test_each_says_its_words_or_whom_to_ask_and_whose_rules_a_source_holds(
    channel: str, nation: str, knowledge: Knowledge, base: Base
) -> None:
    served = sources = 0
    for entry, reply, text in _drawn(channel, nation, knowledge, base):
        assert not _PLACEHOLDER.search(text), entry.id
        sources += KCSIE in text
        marked = text.count(OF_ENGLAND) + text.count(OF_BOTH)
        if nation == "England":
            assert not marked, entry.id
        elif nation != "Wales" or BOTHS not in entry.cites:
            assert text.count(KCSIE) == marked, entry.id
        if reply.answer:
            served += 1
            assert reply.answer.badge in text and reply.answer.title in text, entry.id
            assert " ".join(reply.answer.answer.split()[:8]) in text, entry.id
        else:
            assert reply.contact and reply.contact.name in text and (reply.contact.phone or "line manager") in text
    assert served >= 45 and sources >= 10


@each_channel
def test_an_entry_of_another_nation_is_not_drawn(channel: str, knowledge: Knowledge, base: Base) -> None:
    for nation in NATIONS:
        for entry, reply, text in _drawn(channel, nation, knowledge, base):
            if entry.nations and nation not in entry.nations:
                assert reply.answer is None and entry.answer not in text, entry.id


@pytest.mark.parametrize(
    ("clause", "of"),
    [("prevent-06", ("Scotland", "Northern Ireland")), ("remote-06", NATIONS), (BOTHS, ("England", "Wales"))],
)
def test_a_clause_that_names_its_own_nations_is_good_practice_in_the_others_alone(
    clause: str, of: tuple[str, ...], knowledge: Knowledge
) -> None:
    found = knowledge.clauses[clause]
    unmarked = {nation for nation in NATIONS if "good practice here" not in source_of(found, nation).document}
    assert unmarked == set(of)
