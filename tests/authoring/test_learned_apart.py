"""New ways of asking are learned in a process of its own, and then what they take from other answers is known."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.service.authoring import apart
from bot.service.authoring.model import AuthoringError
from bot.service.authoring.shelf import Workshop
from bot.service.core import Core
from tests.authoring.world import AUTHOR, EX_PUPIL, PHONE, World
from tests.conftest import SCHOOL
from tests.make_base import KEPT, small_cache


@pytest.mark.slow
def test_what_a_draft_would_take_is_named_and_it_can_be_tried_from_then_on(world: World, tmp_path: Path) -> None:
    # What was learned of the base, and nothing that an earlier run has learned of this draft.
    cache = shutil.copytree(small_cache(), tmp_path / "cache", ignore=shutil.ignore_patterns("fitted-*", ".*"))
    world.core = Core(lambda: world.base, world.store, workshop=Workshop(world.folder.path, cache=cache))
    stolen = [text for text in world.base.knowledge.entries[PHONE].texts if "trip" in text][:2]
    draft = world.draft(EX_PUPIL, phrasings=tuple(f"{text} of the ex-pupils" for text in stolen))
    sentence = f"{stolen[0]} of the ex-pupils"
    assert world.bench.try_it(SCHOOL, draft, sentence, world.now).after is None
    taken = world.bench.taken(SCHOOL, draft)
    assert {each.entry for each in taken} <= {PHONE}
    tried = world.bench.try_it(SCHOOL, draft, sentence, world.now)
    assert tried.after is not None
    assert tried.where_then == EX_PUPIL


def test_a_process_that_does_not_end_is_waited_for_no_longer_than_was_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_PATIENCE", 0.5)
    late = [sys.executable, "-c", "import time; time.sleep(3); print('[]')"]
    monkeypatch.setattr(apart, "begin_apart", lambda *_: subprocess.Popen(late, stdout=subprocess.PIPE, text=True))
    draft = world.draft(EX_PUPIL, phrasings=("whose phone is it on a trip",))
    with pytest.raises(AuthoringError, match="could not be learned"):
        world.bench.taken(SCHOOL, draft)


@pytest.mark.slow
def test_a_base_that_cannot_be_learned_is_said_to_its_author(world: World) -> None:
    workshop = Workshop(world.folder.path, cache=KEPT, model=world.folder.path)
    world.core = Core(lambda: world.base, world.store, workshop=workshop)
    draft = world.bench.begin(SCHOOL, AUTHOR, PHONE, world.now)
    changed = replace(draft, text=replace(draft.text, note="Now."))
    with pytest.raises(Exception, match="could not be learned"):
        world.bench.taken(SCHOOL, changed)
