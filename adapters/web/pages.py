"""Reply -> HTML. Pure: the templates decide how it looks, nothing here knows of a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from adapters.chat.replies import approval_of, day, due_of
from adapters.chat.replies import tel as tel
from adapters.web.drawing import environment, read_ahead
from bot.concerns.guidance import whom_to_ring
from bot.concerns.standing_in import as_of
from bot.knowledge import Person, School
from bot.messages import SIGNS, Reply
from bot.presses import (
    AskAlso,
    AskPolicy,
    DoAction,
    GiveFact,
    GiveFeedback,
    GiveRemark,
    PickEntry,
    PickTopic,
    Press,
    TellAuthor,
)
from bot.tips import TipCard

EXAMPLES = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)


@dataclass(frozen=True)
class Problem:
    """Something went wrong: a heading, what to do about it, and whether to say whom to ring."""

    heading: str
    advice: str
    ring: bool = False


@dataclass(frozen=True)
class ShownTurn:
    """What the page shows of one turn: what was asked (empty where a button was pressed) and the reply."""

    asked: str
    reply: Reply


@dataclass(frozen=True)
class FormButton:
    """What a button says and the fields that it sends."""

    label: str
    fields: Mapping[str, str]


def now() -> dt.datetime:
    """What time it is, for pages that are given no other clock."""
    return dt.datetime.now(dt.UTC)


def first_to_ring(clock: Callable[[], dt.datetime]) -> Callable[[School], Person]:
    """Whom the templates name where a child may be at risk and no more is known."""
    return lambda school: whom_to_ring(school, {}, None, clock())[0]


def head_to_ring(clock: Callable[[], dt.datetime]) -> Callable[[School], Person | None]:
    """Whom they name for what is about an adult at the school: the head, or who stands in."""
    return lambda school: next(iter(as_of(school, clock()).holders("head")), None)


class Pages:
    """The templates, read once. Every method gives HTML; whatever people or files say is escaped by the templates."""

    drawn: ClassVar[tuple[str, ...]] = ("chat", "reply", "problem", "privacy", "tip")  # how their names begin

    def __init__(self, clock: Callable[[], dt.datetime] = now) -> None:
        self._templates = environment()
        self._templates.filters.update(tel=tel, day=day)
        self._templates.globals.update(
            signs=SIGNS,
            approval_of=approval_of,
            due_of=due_of,
            examples=EXAMPLES,
            first_to_ring=first_to_ring(clock),
            head_to_ring=head_to_ring(clock),
        )

    def read_ahead(self) -> None:
        """Read them now, so that nobody waits for it later."""
        for name in self.drawn:
            read_ahead(self._templates, name)

    def chat(self, school: School, token: str, turn: ShownTurn | None = None, tip: TipCard | None = None) -> str:
        """The whole page: empty (with today's tip, where there is one), or with one turn. What is to be made shorter
        stays in the box."""
        reply = self.reply(turn.reply, token) if turn else ""
        asked = turn.asked if turn else ""
        typed = asked if turn and turn.reply.retype else ""
        return self._render(
            "chat.html", school=school, token=token, reply_html=reply, asked=asked, typed=typed, tip=tip
        )

    def reply(self, reply: Reply, token: str) -> str:
        """The reply alone, as the script on the page adds it to the conversation."""
        return self._render(
            "reply.html", reply=reply, token=token, buttons=_buttons(reply), offers=_offers(reply), still=False
        )

    def seen(self, reply: Reply, approval: str = "") -> str:
        """The reply as staff see it, with nothing in it to press, for whoever answers for its words. `approval` stands
        in the place of who has approved it."""
        return self._render(
            "reply.html", reply=reply, token="", buttons=_buttons(reply), offers=_offers(reply), still=True,
            instead_of_approval=approval,
        )  # fmt: skip

    def privacy(self, school: School) -> str:
        """What is kept, and whom to ask."""
        return self._render("privacy.html", school=school)

    def problem_page(self, school: School | None, problem: Problem) -> str:
        """A plain page for somebody whose request could not be answered."""
        return self._render("problem_page.html", school=school, problem=problem)

    def problem(self, school: School | None, problem: Problem) -> str:
        """What is wrong in a few lines, as the script shows it beside the box."""
        return self._render("problem.html", school=school, problem=problem)

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(values)


def _buttons(reply: Reply) -> tuple[FormButton, ...]:
    """The buttons of the question that is asked back."""
    options = reply.question.options if reply.question else ()
    return tuple(FormButton(option.label, _fields(option.action)) for option in options)


def _offers(reply: Reply) -> tuple[FormButton, ...]:
    """What else may be pressed."""
    return tuple(FormButton(offer.label, _fields(offer.action)) for offer in reply.offers)


def _fields(action: Press) -> Mapping[str, str]:
    """What a button sends: ids only, as `forms.to_message` reads them."""
    match action:
        case PickEntry(entry):
            return {"action": "pick", "entry": entry}
        case AskAlso(entry):
            return {"action": "also", "entry": entry}
        case GiveFact(entry, fact, value):
            return {"action": "fact", "entry": entry, "fact": fact, "value": value}
        case GiveFeedback(about, helped):
            return {"action": "feedback", "entry": about or "", "helped": "yes" if helped else "no"}
        case TellAuthor(entry):
            return {"action": "tell", "entry": entry}
        case GiveRemark(entry, kind):
            return {"action": "remark", "entry": entry, "kind": kind}
        case AskPolicy(entries):
            return {"action": "policy", "entries": " ".join(entries)}
        case PickTopic(topic):
            return {"action": "topic", "topic": topic}
        case DoAction(name):
            return {"action": "do", "name": name}
