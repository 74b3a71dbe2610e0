"""A notice -> the few lines that its recipient is sent. Pure.

An alert says that there is a concern, its number and how urgent it is, and never what it contains (practice-22).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from bot.accounts.telling import parts_of_letter
from bot.concerns.ladder.escalation import IN_YOUR_NAME, StepKind
from bot.knowledge import School
from bot.store import Notice


@dataclass(frozen=True)
class Letter:
    """What is sent: `notice` is the same for every repeat of one notice, so that the receiver can tell; `link` is an
    address or empty; `number` is the concern's, or that of an account in the register, empty for a sign-in link;
    `offer` is a button that a chat shows under it: what it says, and its value."""

    notice: str
    kind: StepKind
    number: str
    urgent: bool
    subject: str
    lines: tuple[str, ...]
    link: str
    offer: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """The whole letter as plain text."""
        return "\n\n".join((*self.lines, self.link)).strip() + "\n"


NO_DETAILS = "This message holds no details. Read it behind your login, away from other people."
TEST_ALERT = "/inbox/test-alert"
LOGGED_IN_YOUR_NAME = (
    "A concern was logged in your name, and nobody checked that. If that was not you, say so in the concern, and tell "
    "whoever looks after AskFirst."
)
REPEAT = "This is a repeat: you may have had this message already."
# What comes day by day to those who answer for the record; an alert says nothing that need not be read at once.
CARRY_THE_HEAD: frozenset[StepKind] = frozenset({"summary", "sign-in", "test", "follow-up", "action-due"})
_KEEP = "The audit log stands at {head}. Keep this message: by that line it shows later if anything was taken out."
_HOLD = "Whoever looks after AskFirst holds the log against it by: askfirst audit verify --since {head}"
_NO_HEAD = (
    "Where the audit log stands could not be read. Ask whoever looks after AskFirst to run: askfirst audit verify"
)
_LASTS = "The link works once, within 10 minutes. If you did not ask for it, ignore this message."


def letter_for(school: School, notice: Notice, address: str, now: dt.datetime, head: str = "") -> Letter:
    """`address` is where the web page is reached, without a slash at its end; `head` is the end of the log in short,
    which letters that are not urgent carry out of the house, empty where it is not known."""
    subject, lines, link = _PARTS[notice.kind](school, notice, address)
    repeat = (REPEAT,) if notice.repeat else ()
    kept = _kept(notice.kind, head) if notice.kind in CARRY_THE_HEAD else ()
    number = parts_of_letter(notice.text)[0] if notice.kind == "account" else notice.concern or ""
    return Letter(notice.id, notice.kind, number, notice.urgent, subject, (*lines, *repeat, *kept), link)


def _kept(kind: StepKind, head: str) -> tuple[str, ...]:
    if kind != "summary":
        return (_KEEP.format(head=head),) if head else ()
    return (_KEEP.format(head=head), _HOLD.format(head=head)) if head else (_NO_HEAD,)


def _alert(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    number = notice.concern
    waiting = "A safeguarding concern is waiting. Please acknowledge it."
    if notice.rung or notice.round > 1:
        waiting = "Nobody has acknowledged this safeguarding concern yet. Please acknowledge it."
    named = (LOGGED_IN_YOUR_NAME,) if notice.text == IN_YOUR_NAME else ()
    return _subject(notice), (waiting, *named, _which(notice), NO_DETAILS), _to(address, number)


def _follow_up(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    lines = (
        f"Safeguarding concern {notice.concern} was acknowledged, and nothing has been written down since.",
        "Please add what was done, pass it on, or close it.",
        _which(notice),
        NO_DETAILS,
    )
    return f"{_subject(notice)}: what has been done?", lines, _to(address, notice.concern)


def _action_due(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    due = f"An action that you wrote down for safeguarding concern {notice.concern} is due today."
    lines = (due, _which(notice), NO_DETAILS)
    return f"{_subject(notice)}: an action is due", lines, _to(address, notice.concern)


def _closed(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    lines = (
        f"Safeguarding concern {notice.concern}, which was passed on to you, has been closed.",
        "Nothing is asked of you about it any more.",
        NO_DETAILS,
    )
    return f"Safeguarding concern {notice.concern}: closed", lines, _to(address, notice.concern)


def _test(school: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    lines = (
        f"This is the monthly test of the safeguarding alerts of {school.name}. There is no concern.",
        "Please open the link and press the button. Whoever does not is shown as somebody whom alerts do not reach.",
    )
    return "Test alert: please answer", lines, f"{address}{TEST_ALERT}?alert={notice.id}"


def _restored(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    return "AskFirst was restored from a backup", (*notice.text.split("\n\n"), NO_DETAILS), f"{address}/inbox"


def _cover(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    return "Standing in for safeguarding", tuple(notice.text.split("\n\n")), f"{address}/inbox"


def _summary(school: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    return f"AskFirst: safeguarding at {school.name} today", (notice.text, NO_DETAILS), f"{address}/inbox"


def _answer(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    subject, *lines = notice.text.split("\n\n")
    return f"AskFirst: {subject}", tuple(lines), f"{address}/inbox/answers"


def _account(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    number, subject, lines = parts_of_letter(notice.text)
    link = f"{address}/inbox/accounts/{number}" if notice.recipient.person else ""  # nobody else can open the page
    return f"AskFirst: {subject}", lines, link


def _news(_: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    lines = (f"About the concern that you logged, number {notice.concern}:", notice.text)
    return f"The concern that you logged: {notice.concern}", lines, f"{address}/concern/receipt"


def _sign_in(school: School, notice: Notice, address: str) -> tuple[str, tuple[str, ...], str]:
    lines = (f"Here is your link to the safeguarding inbox of {school.name}.", _LASTS)
    return "Your link to the safeguarding inbox", lines, f"{address}/inbox/enter?token={notice.text}"


def _subject(notice: Notice) -> str:
    return f"{'IMMEDIATE: safeguarding' if notice.urgent else 'Safeguarding'} concern {notice.concern}"


def _which(notice: Notice) -> str:
    urgency = "IMMEDIATE. Somebody may be in danger now." if notice.urgent else "not marked as immediate."
    return f"Number: {notice.concern}\nUrgency: {urgency}"


def _to(address: str, number: str | None) -> str:
    return f"{address}/inbox/concerns/{number}"


_Part = Callable[[School, Notice, str], tuple[str, tuple[str, ...], str]]
_PARTS: dict[StepKind, _Part] = {
    "alert": _alert,
    "follow-up": _follow_up,
    "action-due": _action_due,
    "closed": _closed,
    "news": _news,
    "sign-in": _sign_in,
    "test": _test,
    "restored": _restored,
    "cover": _cover,
    "answer": _answer,
    "summary": _summary,
    "account": _account,
}
