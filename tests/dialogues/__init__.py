"""Dialogues that a head teacher could read, and what reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Step:
    """One turn: what the person says or presses, what must then be on the screen and what must not."""

    says: str | None
    presses: str | None
    shows: tuple[str, ...]
    hides: tuple[str, ...]


@dataclass(frozen=True)
class Dialogue:
    name: str
    steps: tuple[Step, ...]


def all_dialogues() -> list[Dialogue]:
    """Every dialogue of every file in this folder."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    return [_dialogue(item) for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))]


def _dialogue(item: Any) -> Dialogue:
    steps = (
        Step(turn.get("says"), turn.get("presses"), tuple(turn.get("shows", ())), tuple(turn.get("hides", ())))
        for turn in item["turns"]
    )
    return Dialogue(item["name"], tuple(steps))
