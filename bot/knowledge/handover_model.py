"""The frozen shapes of handovers.yaml: what is said where a person must hear instead of a policy being looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.knowledge.schools.model import Role
from bot.messages import HandoverKind

NoteKind = Literal["child", "adult", "head", "adult-at-risk", "anybody"]


@dataclass(frozen=True)
class RingWording:
    """Whom to ring: `when` stands above them, `whom` are roles in order, `closed` come first out of school hours."""

    when: str
    whom: tuple[Role, ...]
    closed: tuple[Role, ...] = ()


@dataclass(frozen=True)
class HandoverWording:
    """One handover. `form` is whether the concern form is offered."""

    kind: HandoverKind
    heading: str
    first: str
    ring: tuple[RingWording, ...]
    do: tuple[str, ...]
    dont: tuple[str, ...]
    log: str
    form: bool


@dataclass(frozen=True)
class NoteWording:
    """The note under an answer, by whom it may be about."""

    text: str
    whom: tuple[Role, ...]
    closed: tuple[Role, ...]


@dataclass(frozen=True)
class Translation:
    """The handover for messages in other languages, in one of them. It is shown once somebody has approved it."""

    code: str
    language: str
    text: str
    approved_by: str


@dataclass(frozen=True)
class Handovers:
    """All of it. `terms` are what a role is called, by role and nation; `closed` stands above people of a school that
    is closed, `elsewhere` takes the place of `log` where concerns are kept elsewhere; `picture` is said at once where
    a message speaks of a nude or sexual picture."""

    kinds: Mapping[HandoverKind, HandoverWording]
    notes: Mapping[NoteKind, NoteWording]
    terms: Mapping[str, Mapping[str, str]]
    closed: str
    elsewhere: str
    translations: tuple[Translation, ...]
    picture: str = ""
