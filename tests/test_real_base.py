"""The real base, as `make run` serves it. All other tests use the small one of tests/make_base.py.

What has to be learned first is wide: `make test` runs it where the base or what learns from it has changed since
tests/checked was written, `make everything` always.
"""

from __future__ import annotations

import pytest

from bot.answering.checking import check, check_files
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import outcome_of
from bot.knowledge import Knowledge, load
from bot.service.core import Core
from bot.store import Store
from bot.understanding.encoder import Encoder
from bot.understanding.fitting import understand
from tests.conftest import CACHE, NOW, one_at_a_time
from tests.dialogues import Dialogue, all_dialogues
from tests.make_base import small_base
from tests.playing import ConsoleDriver, play


@pytest.fixture(scope="module")
def real(knowledge: Knowledge, encoder: Encoder | None) -> Base:
    with one_at_a_time(CACHE):
        return Base(knowledge, understand(knowledge, encoder, CACHE))


def test_its_files_have_no_fault_that_shows_before_anything_is_learned(knowledge: Knowledge) -> None:
    assert check_files(knowledge, NOW.date()) == ()


def test_the_small_base_has_every_verdict_fact_theme_and_nation_of_it(knowledge: Knowledge) -> None:
    small = load(small_base())
    assert 25 <= len(small.entries) <= 40
    for part in ("verdict", "nation"):
        assert _all(small, part) == _all(knowledge, part)
    assert {entry.facts.fact for entry in small.entries.values() if entry.facts} == set(knowledge.lexicon.facts)
    assert {tip.theme for tip in small.tips} == {tip.theme for tip in knowledge.tips}
    assert (small.school, small.triage.rules, small.triage.watch) == (
        knowledge.school, knowledge.triage.rules, knowledge.triage.watch,
    )  # fmt: skip


def _all(base: Knowledge, part: str) -> set[str]:
    return {getattr(entry, part) for entry in base.entries.values()}


@pytest.mark.wide
def test_no_entry_loses_its_phrasings_to_another(knowledge: Knowledge, encoder: Encoder | None) -> None:
    with one_at_a_time(CACHE):
        assert [str(fault) for fault in check(knowledge, encoder, NOW.date(), CACHE)] == []


@pytest.mark.wide
@pytest.mark.parametrize("dialogue", all_dialogues("terminal"), ids=lambda each: each.name)
async def test_it_plays_the_dialogues(dialogue: Dialogue, real: Base, store: Store) -> None:
    await play(ConsoleDriver(Core(lambda: real, store)), dialogue)


@pytest.mark.wide
def test_its_figures(real: Base) -> None:
    """Titles are answered by their own rule, and what is outside is left alone, but for a few."""
    entries = list(real.knowledge.entries.values())[::3]
    titles = [(entry, outcome_of(ask_once(real, entry.title, NOW).reply)) for entry in entries]
    own = [entry for entry, said in titles if entry.first_cites & set(said.cites[:3])]
    texts = real.knowledge.outside[::3]
    strayed = [text for text in texts if outcome_of(ask_once(real, text, NOW).reply).kind in ("answer", "handover")]
    assert len(own) >= 0.95 * len(entries)
    assert len(strayed) <= 0.05 * len(texts), strayed
