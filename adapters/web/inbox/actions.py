"""What somebody does to a concern: a posted form -> the one call of Casework that does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.web.forms import FormError
from bot.concerns import IncompleteError, Reader
from bot.service.casework import Casework


@dataclass(frozen=True)
class FormTask:
    """One form: by whom, to which concern, with what was typed."""

    casework: Casework
    reader: Reader
    number: str
    fields: Mapping[str, str]
    now: dt.datetime

    def __getitem__(self, field: str) -> str:
        return self.fields[field]

    def day(self, field: str) -> dt.date | None:
        """The day in a field, None where it is empty. Raises IncompleteError."""
        typed = self[field].strip()
        try:
            return dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise IncompleteError({field: "This is not a day. Write it as 2026-11-23."}) from None

    @property
    def line(self) -> int:
        """The number of the line that it is about. Raises FormError."""
        typed = self["about"]
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 9):
            raise FormError("not a line")
        return int(typed)


@dataclass(frozen=True)
class FormAction:
    """The fields that its form sends, and what is done; `do` gives the key in wording.DONE of what is said then."""

    fields: frozenset[str]
    do: Callable[[FormTask], str]


def carry_out(task: FormTask) -> str:
    """Do what the form asks for. Raises FormError, IncompleteError, RefusedError or UnknownConcernError."""
    action = ACTIONS.get(task.fields.get("action", ""))
    if action is None or set(task.fields) - {"action"} != action.fields:
        raise FormError("not the fields of this page")
    return action.do(task)


def _acknowledge(task: FormTask) -> str:
    state = task.casework.acknowledge(task.reader, task.number, task.now)
    return "acknowledged" if state.holder and state.holder.person == task.reader.person else "quicker"


def _note(task: FormTask) -> str:
    task.casework.note(task.reader, task.number, task["text"], task.now)
    return "note"


def _action(task: FormTask) -> str:
    task.casework.action(task.reader, task.number, task["text"], task.day("due"), task.now)
    return "action"


def _done(task: FormTask) -> str:
    task.casework.action_done(task.reader, task.number, task.line, task.now)
    return "done"


def _decide(task: FormTask) -> str:
    task.casework.decide(task.reader, task.number, task["text"], task["reason"], task.now)
    return "decision"


def _correct(task: FormTask) -> str:
    task.casework.correct(task.reader, task.number, task.line, task["text"], task.now)
    return "correct"


def _refer(task: FormTask) -> str:
    task.casework.refer(task.reader, task.number, task["to"], task["reference"], task["text"], task.now)
    return "refer"


def _reassign(task: FormTask) -> str:
    task.casework.reassign(task.reader, task.number, task["person"], task["reason"], task.now)
    return "reassign"


def _file(task: FormTask) -> str:
    task.casework.file_under(task.reader, task.number, task["file"], task["name"], task.now)
    return "file"


def _close(task: FormTask) -> str:
    day = task.day("review_on")
    task.casework.close(task.reader, task.number, task["outcome"], task["reason"], day, task.now)
    return "close"


def _reopen(task: FormTask) -> str:
    task.casework.reopen(task.reader, task.number, task["reason"], task.now)
    return "reopen"


def _ask_deletion(task: FormTask) -> str:
    task.casework.ask_deletion(task.reader, task.number, task["reason"], task.now)
    return "ask-deletion"


def _agree(task: FormTask) -> str:
    task.casework.answer_deletion(task.reader, task.number, True, task["reason"], task.now)
    return "deleted"


def _keep(task: FormTask) -> str:
    task.casework.answer_deletion(task.reader, task.number, False, task["reason"], task.now)
    return "keep"


ACTIONS: Mapping[str, FormAction] = {
    "acknowledge": FormAction(frozenset(), _acknowledge),
    "note": FormAction(frozenset({"text"}), _note),
    "action": FormAction(frozenset({"text", "due"}), _action),
    "done": FormAction(frozenset({"about"}), _done),
    "decision": FormAction(frozenset({"text", "reason"}), _decide),
    "correct": FormAction(frozenset({"about", "text"}), _correct),
    "refer": FormAction(frozenset({"to", "reference", "text"}), _refer),
    "reassign": FormAction(frozenset({"person", "reason"}), _reassign),
    "file": FormAction(frozenset({"file", "name"}), _file),
    "close": FormAction(frozenset({"outcome", "reason", "review_on"}), _close),
    "reopen": FormAction(frozenset({"reason"}), _reopen),
    "ask-deletion": FormAction(frozenset({"reason"}), _ask_deletion),
    "agree": FormAction(frozenset({"reason"}), _agree),
    "keep": FormAction(frozenset({"reason"}), _keep),
}
