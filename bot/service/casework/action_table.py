"""The table of what can be done to a concern, in the order in which it is drawn. A new action is one entry here."""

from __future__ import annotations

from bot.concerns.actions import ActionField, OfferedWhen
from bot.concerns.form import FieldOption
from bot.service.casework.actions import ActionResult, ActionTask, ConcernAction

_CLOSED = OfferedWhen(frozenset({"closed"}))
_STAYS = "Name nobody: the reason stays in the audit after the concern is gone."


def _acknowledge(task: ActionTask) -> ActionResult:
    state = task.casework.acknowledge(task.reader, task.number, task.now)
    quicker = state.holder is None or state.holder.person != task.reader.person
    return ActionResult(already=quicker, state=state)


def _note(task: ActionTask) -> None:
    task.casework.note(task.reader, task.number, task.given["text"], task.now)


def _action(task: ActionTask) -> None:
    task.casework.action(task.reader, task.number, task.given["text"], task.given.day("due"), task.now)


def _done(task: ActionTask) -> None:
    task.casework.action_done(task.reader, task.number, task.given.number("about"), task.now)


def _decide(task: ActionTask) -> None:
    task.casework.decide(task.reader, task.number, task.given["text"], task.given["reason"], task.now)


def _refer(task: ActionTask) -> None:
    to, reference, text = task.given["to"], task.given["reference"], task.given["text"]
    task.casework.refer(task.reader, task.number, to, reference, text, task.now)


def _pass_on(task: ActionTask) -> None:
    task.casework.reassign(task.reader, task.number, task.given["person"], task.given["reason"], task.now)


def _correct(task: ActionTask) -> None:
    task.casework.correct(task.reader, task.number, task.given.number("about"), task.given["text"], task.now)


def _file(task: ActionTask) -> None:
    task.casework.file_under(task.reader, task.number, task.given["file"], task.given["name"], task.now)


def _close(task: ActionTask) -> None:
    outcome, reason, review = task.given["outcome"], task.given["reason"], task.given.day("review_on")
    task.casework.close(task.reader, task.number, outcome, reason, review, task.now, task.given.each("becomes"))


def _reopen(task: ActionTask) -> None:
    task.casework.reopen(task.reader, task.number, task.given["reason"], task.now)


def _export(task: ActionTask) -> ActionResult:
    return ActionResult(export=task.casework.export(task.reader, (task.number,), task.given["way"], task.now))


def _ask_deletion(task: ActionTask) -> None:
    task.casework.ask_deletion(task.reader, task.number, task.given["reason"], task.now)


def _agree(task: ActionTask) -> None:
    task.casework.answer_deletion(task.reader, task.number, True, task.given["reason"], task.now)


def _keep(task: ActionTask) -> None:
    task.casework.answer_deletion(task.reader, task.number, False, task.given["reason"], task.now)


ACTIONS: tuple[ConcernAction, ...] = (
    ConcernAction(
        "acknowledge",
        "Acknowledge",
        "Acknowledge: I have this",
        "You have acknowledged it. The alerts have stopped, and whoever logged it hears that you have it.",
        _acknowledge,
        when=OfferedWhen(frozenset({"open"}), by="not whoever logged it"),
        hint="The alerts stop, and whoever logged it hears that you have it.",
        said_already="Somebody was quicker: it had been acknowledged already.",
    ),
    ConcernAction(
        "note",
        "Add a note",
        "Add the note",
        "The note was added.",
        _note,
        (ActionField("text", "text", "Note", "What you did, whom you spoke to, what they said. Facts first."),),
    ),
    ConcernAction(
        "action",
        "Add an action",
        "Add the action",
        "The action was added.",
        _action,
        (
            ActionField("text", "text", "What is to be done, and by whom?"),
            ActionField(
                "due", "day", "By when?", "You are reminded on that day. You can leave it empty.", required=False
            ),
        ),
    ),
    ConcernAction(
        "done",
        "Mark an action as done",
        "Done",
        "The action is marked as done.",
        _done,
        (ActionField("about", "number", "Number of the action", "It stands in front of its line."),),
        when=OfferedWhen(to_do=True),
    ),
    ConcernAction(
        "decision",
        "Add a decision",
        "Add the decision",
        "The decision was added.",
        _decide,
        (
            ActionField("text", "text", "Decision", "Also when it was decided not to act."),
            ActionField("reason", "text", "Reason"),
        ),
    ),
    ConcernAction(
        "refer",
        "Add a referral",
        "Add the referral",
        "The referral was added.",
        _refer,
        (
            ActionField(
                "to",
                "line",
                "Referred to",
                "Such as children’s social care, the LADO, the police. AskFirst sends them nothing: make the call "
                "yourself.",
            ),
            ActionField("reference", "line", "Their reference, if you have one", required=False),
            ActionField("text", "text", "What you told them, what they said", required=False),
        ),
    ),
    ConcernAction(
        "pass-on",
        "Pass it on",
        "Pass it on",
        "It was passed on. The alerts have begun again, and the person you chose is called first.",
        _pass_on,
        (
            ActionField(
                "person",
                "person",
                "To whom?",
                "They can read it from now on, and are called first. Whoever logged it hears of it.",
                empty="Pick somebody",
            ),
            ActionField("reason", "text", "Reason"),
        ),
    ),
    ConcernAction(
        "correct",
        "Put a line right",
        "Put it right",
        "The line was put right. The old text stays beside the new one.",
        _correct,
        (
            ActionField("about", "number", "Number of the line", "It stands in front of it."),
            ActionField("text", "text", "How it should read", "The old text stays, marked as superseded."),
        ),
    ),
    ConcernAction(
        "file",
        "Put it into a child’s file",
        "Put it into this file",
        "It is in the child’s file.",
        _file,
        (
            ActionField(
                "file",
                "file",
                "Which file?",
                "Make sure that it is the same child: two children can have one name.",
                required=False,
                empty="A new file, named below",
            ),
            ActionField("name", "line", "Name for a new file", "Only for a new file.", required=False, suggest="child"),
        ),
    ),
    ConcernAction(
        "reopen",
        "Reopen it",
        "Reopen it",
        "It is open again, and you have it.",
        _reopen,
        (ActionField("reason", "text", "Reason"),),
        when=_CLOSED,
    ),
    ConcernAction(
        "close",
        "Close it",
        "Close it",
        "It was closed.",
        _close,
        (
            ActionField(
                "becomes",
                "choice",
                "What becomes of the action",
                options=(
                    FieldOption("done", "It is done"),
                    FieldOption("cancelled", "Cancelled: it will not be done"),
                    FieldOption("kept", "Kept open, with its reminder"),
                ),
                empty="Pick one",
                each="open-action",
            ),
            ActionField("outcome", "line", "Outcome", "In a few words, such as: early help agreed with the family."),
            ActionField("reason", "text", "Reason", "Why it can be closed."),
            ActionField(
                "review_on",
                "day",
                "Look at it again on",
                "On that day somebody decides whether it is still needed. Your retention schedule says how long that "
                "is.",
                required=False,
                suggest="review",
            ),
        ),
        when=OfferedWhen(frozenset({"open", "acknowledged"})),
    ),
    ConcernAction(
        "export",
        "Export it",
        "Export it",
        "The file was made, and that you made it is in the chronology.",
        _export,
        (
            ActionField(
                "way",
                "choice",
                "As what?",
                options=(
                    FieldOption("pdf", "As a PDF, to print or hand on"),
                    FieldOption("csv", "As a table (CSV)"),
                ),
            ),
        ),
        hint="The file holds the whole concern, with names. That you exported it is recorded.",
        needs="files",
    ),
    ConcernAction(
        "ask-deletion",
        "Ask for it to be deleted",
        "Ask for it to be deleted",
        "You have asked for it to be deleted. Somebody else has to agree.",
        _ask_deletion,
        (ActionField("reason", "text", "Reason", _STAYS),),
        when=OfferedWhen(frozenset({"closed"}), deletion=False),
        hint="Deleting takes two people. Once the second one agrees, the content is gone for good.",
        needs="sign-in",
    ),
    ConcernAction(
        "agree",
        "Agree: delete it for good",
        "Delete it for good",
        "The concern was deleted. That it existed, who deleted it, when and why, stays in the log.",
        _agree,
        (ActionField("reason", "text", "Why you agree", _STAYS),),
        when=OfferedWhen(frozenset({"closed"}), by="not whoever asked for it", deletion=True),
        needs="sign-in",
        deletes=True,
    ),
    ConcernAction(
        "keep",
        "Keep it",
        "Keep it",
        "It is kept.",
        _keep,
        (ActionField("reason", "text", "Why it is kept"),),
        when=OfferedWhen(deletion=True),
        needs="sign-in",
    ),
)
