"""Message in, Reply out: the only words that the core shares with the channels.

A channel turns what it received into a Message, and draws the Reply that it gets back. Everything here is frozen
data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.presses import ActionName, Press

# What an answer says about the act that it names: an order, a leave, a way. Never yes or no, for the same rule is asked
# for from both sides.
Ruling = Literal["do", "dont", "may", "may-if", "ask-first", "not-advised", "no-need", "depends", "how", "info"]
ReplyKind = Literal["answer", "choices", "handover", "no-answer", "smalltalk", "action"]
Focus = Literal["wording", "why", "sources"]
Urgency = Literal["immediate", "concern"]
About = Literal["pupil", "staff", "head"]
# What a message is about that is handed over. The first seven are the faces of "danger now".
HandoverKind = Literal[
    "danger", "missing", "medical", "overdose", "fire", "weapon", "intruder",
    "child", "adult", "dsl", "head", "own-conduct", "adult-at-risk", "not-english",
]  # fmt: skip
HANDOVER_KINDS: tuple[HandoverKind, ...] = get_args(HandoverKind)
PERILS: tuple[HandoverKind, ...] = HANDOVER_KINDS[:7]
# What stands below the first sentence of a handover: whom to ring, what to do, what not to do, the way to log it.
HandoverPart = Literal["ring", "steps", "avoid", "log"]
# Whom each is about. Where children may be in danger they count first; None is plainly about adults alone.
ABOUT: dict[HandoverKind, About | None] = {
    **dict.fromkeys((*PERILS, "child", "not-english"), "pupil"),
    **dict.fromkeys(("adult", "dsl", "own-conduct"), "staff"),
    "head": "head",
    "adult-at-risk": None,
}

LONGEST = 4_000  # characters of one question, in every channel

RULINGS: tuple[Ruling, ...] = get_args(Ruling)

# What stands before the badge, so that it never rests on colour alone. A tick or a cross would be read as Yes or No.
SIGNS: dict[Ruling, str] = {
    "do": "→", "dont": "⊘", "may": "○", "may-if": "○", "ask-first": "?", "not-advised": "!", "no-need": "○",
    "depends": "?", "how": "→", "info": "i",
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What one person sent in one conversation.

    `conversation` is an opaque id that the channel keeps; `text` is as typed, or the caption of what is attached (empty
    when a button was pressed). `quoted` is what stands in it that others wrote: a quotation, a message passed on, the
    words in a file. `files` are the names of what is attached; `attached` says that there is something, with a name or
    without. All of it is read. Who sent it is not here: a question is nobody's. `trying` says only that the sender
    takes part in the pilot of a school that has one.
    """

    text: str
    conversation: str
    action: Press | None = None
    quoted: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    attached: bool = False
    trying: bool = False


@dataclass(frozen=True)
class Source:
    """One clause that an answer rests on, with what a reader needs to check it."""

    clause: str
    text: str
    where: str
    document: str
    publisher: str
    date: str | None


@dataclass(frozen=True)
class Answer:
    """Approved text, word for word: `badge` (ruling and act, read first), `answer`, `why` and `instead`; `note` says
    what is old or contested. `approved_by` approved it on the day `reviewed`, as `approved_role` (in words), to be read
    again by `review_by`; all are empty where nobody has. `made_up` is said of an approval of the demo school. `ask` is
    the role of whoever is asked for more, and `contact` who that is here. `read_again` is a sentence where the policy
    that it rests on has changed since: every channel draws it."""

    entry: str
    title: str
    ruling: Ruling
    badge: str
    answer: str
    why: str
    instead: str
    note: str | None
    sources: tuple[Source, ...]
    approved_by: str
    reviewed: str
    review_by: str
    due_for_review: bool
    ask: str | None = None
    contact: Contact | None = None
    approved_role: str = ""
    made_up: bool = False
    read_again: str = ""


@dataclass(frozen=True)
class Button:
    """A button: what it says and what pressing it means."""

    label: str
    action: Press


@dataclass(frozen=True)
class FactQuestion:
    """What the bot asks back, because the right answer turns on it."""

    prompt: str
    options: tuple[Button, ...]


@dataclass(frozen=True)
class Choice:
    """One of at most three entries that the person may have meant."""

    entry: str
    title: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """Somebody to speak to. `phone` may be empty where the school gave none; `hours` says when an outside line is
    open, and is empty for people of the school."""

    name: str
    role: str
    phone: str
    hours: str = ""


@dataclass(frozen=True)
class Ringing:
    """Whom to ring, the first who answers, and when (`heading`). `people` may be empty where the heading says all."""

    heading: str
    people: tuple[Contact, ...]


@dataclass(frozen=True)
class Elsewhere:
    """Where a school keeps its concerns if not here: what it is called, its address, and numbers by what they are."""

    name: str
    link: str
    numbers: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class Handover:
    """The way to the person who must hear, in the order in which it is read: `above` (other languages), `first`, and
    then its `parts`. The way to log it follows `log`.

    `form` is whether the concern form is offered; `elsewhere` is where to log instead. `about` is None only where it is
    plainly about adults at risk alone.
    """

    kind: HandoverKind
    urgency: Urgency
    about: About | None
    heading: str
    first: str
    ring: tuple[Ringing, ...]
    steps: tuple[str, ...]
    avoid: tuple[str, ...]
    log: str
    call_999: bool
    form: bool
    elsewhere: Elsewhere | None = None
    above: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[HandoverPart, ...]:
        """What stands below `first`, in this order, in every channel. In a peril nobody is to write before they have
        acted. Otherwise telling the right person and logging it is the act, and fewer words about a child stay in a
        chat where the form stands high up."""
        return ("ring", "steps", "avoid", "log") if self.kind in PERILS else ("ring", "log", "steps", "avoid")

    @property
    def people(self) -> tuple[Contact, ...]:
        """Everybody who is named, in reading order, once."""
        found: dict[str, Contact] = {}
        for person in (person for ringing in self.ring for person in ringing.people):
            found.setdefault(person.name, person)
        return tuple(found.values())


@dataclass(frozen=True)
class Note:
    """What stands under an answer where a real child or adult might be behind the question, and whom to ring."""

    text: str
    people: tuple[Contact, ...] = ()
    form: bool = True


@dataclass(frozen=True)
class Reply:
    """What the person gets back. Which parts are set follows from `kind`:

    answer: `answer`, perhaps `question`, and `text` above it where it is the last one again; choices: `text` and
    `choices`; handover: `handover`; no-answer: `text` and `contact`, whom to ask instead, with their role `ask`;
    smalltalk: `text`; action: `text`, and which one. `people` are whom to ring, in this order; `form` asks for the way
    to the concern form; `offers` are further buttons. `focus` says which part of an answer was asked for ("why?").
    `account_form`
    asks for the way to the form for a new account or tool. `note` shows the way to the person who must hear, under
    whatever else is said. `feedback` says whether to ask if it helped, `retype` that what was typed must be shorter.
    `confidence` is the calibrated chance, 0..1, of being right.
    """

    kind: ReplyKind
    text: str = ""
    answer: Answer | None = None
    question: FactQuestion | None = None
    choices: tuple[Choice, ...] = ()
    handover: Handover | None = None
    contact: Contact | None = None
    ask: str | None = None
    people: tuple[Contact, ...] = ()
    form: bool = False
    account_form: bool = False
    offers: tuple[Button, ...] = ()
    action: ActionName | None = None
    note: Note | None = None
    focus: Focus = "wording"
    feedback: bool = False
    retype: bool = False
    confidence: float = 0.0

    @property
    def entry(self) -> str | None:
        """The entry that this answers with."""
        return self.answer.entry if self.answer else None

    @property
    def private(self) -> bool:
        """Whether this is for the sender alone, wherever they asked: a handover or a note says that a real child or
        adult may be at risk, and in a channel that would tell everybody, perhaps the one it is about."""
        return self.handover is not None or self.note is not None or self.action == "log-concern"
