"""What the review hands to a channel, and what it refuses with. Every sentence in here is meant to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import AskFirstError
from bot.readiness import Judgement, SelfReview


@dataclass(frozen=True)
class ReadinessView:
    """How it stands at a school: the review that is open (None: none is), and those that were closed, the last one
    first. `answers` says whether whoever asks may answer."""

    open: SelfReview | None
    closed: tuple[SelfReview, ...]
    answers: bool

    @property
    def last(self) -> SelfReview | None:
        """The last one that was closed."""
        return next(iter(self.closed), None)


@dataclass(frozen=True)
class GivenStatement:
    """What was filled in about a statement, by field, and the version that was shown then."""

    fields: Mapping[str, str]
    version: int


@dataclass(frozen=True)
class SavedPart:
    """What became of what was filled in: the ids of the statements that were `saved`; `problems` by statement and
    field; `clashes` with what somebody else saved meanwhile, as it stands now. What was typed there is in the hands of
    whoever sent it."""

    saved: tuple[str, ...] = ()
    problems: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clashes: Mapping[str, Judgement] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing is left to be put right."""
        return not (self.problems or self.clashes)


class ReadinessError(AskFirstError):
    """Something was wanted of the review that cannot be; the text says why, and what to do. Nothing was changed."""


class NotForYouError(ReadinessError):
    """Whoever asked may not; the text says who may."""


class NoReviewError(ReadinessError):
    """There is no such review, or none that is open."""


class NotCompleteError(ReadinessError):
    """The review cannot be closed yet: `missing` are statements, each with what is to be done about it."""

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        self.missing = missing
        count = "1 statement is" if len(missing) == 1 else f"{len(missing)} statements are"
        super().__init__(f"{count} not finished. Finish them, then close the review")
