"""Conversations that a head teacher could read as a play, and what reads them.

    - play: The reporter hears who has answered
      only: [page, Slack, Teams]                    # where it is not for every channel
      scene:
        - teacher: somebody's stepdad hits her      # what a person says to AskFirst
        - AskFirst: [Ms Amara Bello]                # what must then be on that person's screen
        - AskFirst does not say: [Rests on]         # and what must not
        - teacher presses: This didn't help         # the label of a button

Instead of `presses` a person also `asks in the staff room`, `logs the concern` (the labels of the form with what is
filled in), `sees the tip of the day`, `acknowledges it`, and `hears` (what has reached them by then); and
`asks for an account` (by field id, what differs from the request in tests/accounts/asking.py) and
`acts on the account` (what is done, then the labels of its form).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from tests.yaml_files import read_yaml

Channel = Literal["terminal", "page", "Slack", "Teams"]
Deed = Literal[
    "says", "presses", "asks in the staff room", "logs the concern", "sees the tip of the day", "acknowledges it",
    "hears", "asks for an account", "acts on the account",
]  # fmt: skip
_SHOWS, _HIDES = "AskFirst", "AskFirst does not say"


@dataclass(frozen=True)
class Step:
    """Who does what, what must then be on their screen and what must not."""

    who: str
    does: Deed
    what: Any
    shows: tuple[str, ...]
    hides: tuple[str, ...]


@dataclass(frozen=True)
class Dialogue:
    """A play: its name, its steps, and the channels on which it makes sense."""

    name: str
    steps: tuple[Step, ...]
    channels: tuple[Channel, ...]


def all_dialogues(channel: Channel) -> list[Dialogue]:
    """Every dialogue of every file in this folder that is for this channel."""
    return [dialogue for dialogue in _read() if channel in dialogue.channels]


@cache
def _read() -> list[Dialogue]:
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    return [_dialogue(item) for file in files for item in read_yaml(file)]


def _dialogue(item: dict[str, Any]) -> Dialogue:
    assert set(item) <= {"play", "only", "scene"}, item
    channels = tuple(item.get("only", get_args(Channel)))
    assert set(channels) <= set(get_args(Channel)), channels
    return Dialogue(item["play"], tuple(_steps(item["scene"])), channels)


def _steps(scene: list[dict[str, Any]]) -> Iterator[Step]:
    """The lines of a scene: a person's is a step, AskFirst's say what follows from the step before."""
    lines = [next(iter(line.items())) for line in scene]
    for number, (cue, what) in enumerate(lines):
        if cue in (_SHOWS, _HIDES):
            assert number, "somebody has to say something first"
            continue
        then: dict[str, tuple[str, ...]] = {}
        for following, texts in lines[number + 1 :]:
            if following not in (_SHOWS, _HIDES):
                break
            then[following] = tuple(texts)
        who, _, deed = cue.partition(" ")
        does = deed or "says"
        assert does in get_args(Deed), f"'{cue}' is nothing that a person of the play does"
        yield Step(who, cast(Deed, does), what, then.get(_SHOWS, ()), then.get(_HIDES, ()))
