"""What somebody sees of what they must read, described once; every channel draws it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from bot.concerns.words import day
from bot.knowledge.checks.model import CheckQuestion
from bot.required.model import KNOWN_HOW_WORDS, Colleague, KnownHow, Progress, RequiredText
from bot.required.presses import RequiredPress, to_value
from bot.required.taking import options_of

ViewKind = Literal["list", "text", "question", "said", "done", "gone"]
PartLook = Literal["heading", "text", "small"]
HAVE_READ = "I have read this"


@dataclass(frozen=True)
class ViewPart:
    """One paragraph, and how it looks."""

    text: str
    look: PartLook = "text"


@dataclass(frozen=True)
class RequiredChoice:
    """Something to press: what it says, and the value of the button."""

    label: str
    value: str


@dataclass(frozen=True)
class RequiredView:
    """A heading, what stands under it, and what can be pressed. `long` is a text that is better read on the page;
    `link` leads to it there, empty where nobody knows the address. In a question exactly one choice is taken."""

    kind: ViewKind
    heading: str
    parts: tuple[ViewPart, ...]
    choices: tuple[RequiredChoice, ...] = ()
    long: bool = False
    link: str = ""

    @property
    def words(self) -> str:
        """What is read aloud of it."""
        return ". ".join((self.heading, *(part.text for part in self.parts[:3])))


LONG = 3_000  # characters of a text from which on a chat shows the way to the page instead
_TO_LIST = RequiredChoice("What else I have to read", to_value(RequiredPress("list")))
GONE = "This is not yours to read any more"


def list_view(mine: Sequence[tuple[RequiredText, Progress]], today: dt.date) -> RequiredView:
    """Everything that somebody has to read, what is not done first."""
    waiting = [(text, progress) for text, progress in mine if not progress.done_at]
    done = [(text, progress) for text, progress in mine if progress.done_at]
    heading = "What you have to read" if waiting else "You have nothing to read just now"
    parts = [ViewPart(f"{text.title}: {by_when(text, today)}.") for text, _ in waiting]
    parts += [ViewPart(f"{text.title}: {_done(progress)}.", "small") for text, progress in done]
    choices = tuple(RequiredChoice(text.title, to_value(RequiredPress("open", text.id))) for text, _ in waiting)
    return RequiredView("list", heading, tuple(parts), choices)


def text_view(text: RequiredText, parts: Sequence[ViewPart], questions: int, today: dt.date) -> RequiredView:
    """The text itself, and what comes after it."""
    asked = "Then you are asked 1 question." if questions == 1 else (
        f"Then you are asked {questions} questions." if questions else "No question follows."
    )  # fmt: skip
    lead = f"Please read this {by_when(text, today)}. {asked}".strip()
    choices = (RequiredChoice(HAVE_READ, to_value(RequiredPress("read", text.id))),)
    long = sum(len(part.text) for part in parts) > LONG
    return RequiredView("text", text.title, (ViewPart(lead), *parts), choices, long)


def question_view(text: RequiredText, progress: Progress, check: CheckQuestion) -> RequiredView:
    """The next question. How many are left is said, and no score."""
    left = len(progress.turn)
    choices = tuple(
        RequiredChoice(words, to_value(RequiredPress("pick", text.id, check.id, key)))
        for key, words in options_of(check, progress)
    )
    still = "This is the last question." if left == 1 else f"{left} questions are left, with this one."
    return RequiredView("question", check.question, (ViewPart(f"{text.title}. {still}", "small"),), choices)


def said_view(
    text: RequiredText, progress: Progress, check: CheckQuestion | None, parts: Sequence[ViewPart]
) -> RequiredView:
    """What the school says about it, whichever option somebody took."""
    if progress.said_right:
        heading = "That is what our school says"
        lead = f"{check.right}." if check else ""
    else:
        heading, lead = (
            "Our school says something else",
            "This question comes again. Here is the answer that it is about:",
        )
    shown = (*((ViewPart(lead),) if lead else ()), *parts)
    label = "Finish" if progress.done_at else "Next question"
    return RequiredView("said", heading, shown, (RequiredChoice(label, to_value(RequiredPress("next", text.id))),))


def done_view(text: RequiredText, progress: Progress, others: bool, zone: ZoneInfo) -> RequiredView:
    """It is done, and that is on record."""
    on = day(progress.done_at.astimezone(zone).date()) if progress.done_at else ""
    parts = (
        ViewPart(f"It is on record that you have {_done(progress)} “{text.title}”, since {on}."),
        ViewPart("You need do nothing more about it. No score is kept, nor how often you tried.", "small"),
    )
    return RequiredView("done", "Thank you", parts, (_TO_LIST,) if others else ())


def _done(progress: Progress) -> str:
    """What is on record: where nothing was asked, nobody knows what was understood."""
    return "read and understood" if progress.answered else "read"


def gone_view() -> RequiredView:
    """There is nothing of this id for this person."""
    lead = "It was taken back, or is for another team, and you need do nothing about it."
    return RequiredView("gone", GONE, (ViewPart(lead),), (_TO_LIST,))


def by_when(text: RequiredText, today: dt.date) -> str:
    """ "by 1 October 2026", and whether that is over."""
    late = ", which is over" if text.due < today else ", which is today" if text.due == today else ""
    return f"by {day(text.due)}{late}"


def known_as(colleague: Colleague, how: KnownHow) -> str:
    """Whom somebody is taken for, and why: said to themselves."""
    why = KNOWN_HOW_WORDS[how].replace("their", "your")
    return f"You are known here as {colleague.name}, {why}. If that is not you, close this and tell the school office."


def lines_of(view: RequiredView) -> Iterator[str]:
    """A view as lines of text, but for what can be pressed."""
    yield view.heading.upper()
    yield from (part.text for part in view.parts)
