"""What pressing a button means, in every channel. A button carries ids, never text that somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActionName = Literal["log-concern", "who-is-dsl", "topics", "help", "new-account"]
RemarkKind = Literal["out-of-date", "not-here", "unclear", "wrong"]


@dataclass(frozen=True)
class PickEntry:
    """A choice was pressed: answer with this entry."""

    entry: str


@dataclass(frozen=True)
class AskAlso:
    """A further question of the same message: answer with this entry, and leave the answer that it stands under."""

    entry: str


@dataclass(frozen=True)
class GiveFact:
    """A fact was pressed: answer this entry with fact = value."""

    entry: str
    fact: str
    value: str


@dataclass(frozen=True)
class GiveFeedback:
    """The answer with this entry (or, with None, the lack of one) helped, or did not."""

    entry: str | None
    helped: bool


@dataclass(frozen=True)
class TellAuthor:
    """ "Wrong or out of date?" was pressed under the answer with this entry: show the reasons to choose from."""

    entry: str


@dataclass(frozen=True)
class GiveRemark:
    """A reason was chosen: what is wrong with the answer with this entry. There is no text: it might hold names."""

    entry: str
    kind: RemarkKind


@dataclass(frozen=True)
class AskPolicy:
    """Under a handover: "my question was about the policy". The ids of the entries that may answer it, worked out when
    it was handed over (at most three, perhaps none): what was asked is not kept."""

    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class PickTopic:
    """A topic was pressed: show its entries."""

    topic: str


@dataclass(frozen=True)
class DoAction:
    """What can be typed as a whole message was pressed instead."""

    name: ActionName


Press = PickEntry | AskAlso | GiveFact | GiveFeedback | TellAuthor | GiveRemark | AskPolicy | PickTopic | DoAction
# What these are pressed under must stay to be read.
STAYS = (AskAlso, GiveFeedback, TellAuthor, AskPolicy, PickTopic, DoAction)
# What somebody thinks of an answer: others who are there need not see that they said it.
OPINIONS = (GiveFeedback, TellAuthor, GiveRemark)
