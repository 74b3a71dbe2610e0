"""`askfirst answers PERSON`: the answers workbench in the terminal, through the same service as the page."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapters.command.answer_fields import edited, from_file
from adapters.command.arguments import day
from adapters.command.workshop import workshop_of
from adapters.console.account import in_terminal
from adapters.console.answers import (
    difference_lines,
    draft_lines,
    health_lines,
    list_lines,
    taken_lines,
    tried_lines,
    unanswered_lines,
    view_lines,
    waiting_lines,
)
from bot.concerns import Actor, Detail
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.knowledge.authoring import EntryText, difference
from bot.service.authoring.model import STATES
from bot.service.authoring.workbench import Workbench
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.settings import Settings
from bot.store import Draft, Store, open_for

_SET = "a field and its new text, as answer='Ask the office first.'; may be given several times"
_FROM = "a YAML file with the fields that are to change, as in an entry; - for standard input"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who it is, and what they do."""
    parser.add_argument("person", metavar="PERSON", help="who you are: the name in front of your line in school.yaml")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listed = actions.add_parser("list", help="the answers with their state (what it does by itself)")
    listed.add_argument("words", nargs="*", help="those that hold all of these words")
    listed.add_argument("--asking", default="", metavar="QUESTION", help="the likeliest to answer it first")
    listed.add_argument("--state", action="append", choices=tuple(STATES), default=[])
    actions.add_parser("show", help="one answer, with what is known of it").add_argument("entry", metavar="ENTRY")
    _add_editing(actions)
    _add_deciding(actions)
    actions.add_parser("health", help="what needs care in the base")
    actions.add_parser("unanswered", help="questions that may become an answer")


def _add_editing(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    edit = actions.add_parser("edit", help="change an answer, in a draft of your own")
    edit.add_argument("entry", metavar="ENTRY")
    new = actions.add_parser("new", help="begin a new answer")
    new.add_argument("file", metavar="FILE", help="where it belongs: entries/NAME.yaml")
    for each in (edit, new):
        each.add_argument("--set", action="append", default=[], metavar="FIELD=TEXT", help=_SET)
        each.add_argument("--from", dest="source", metavar="FILE", help=_FROM)
    actions.add_parser("drafts", help="your open drafts")
    try_it = actions.add_parser("try", help="ask a draft something, beside the live answers")
    try_it.add_argument("draft", metavar="DRAFT")
    try_it.add_argument("sentence", nargs="+", metavar="QUESTION")
    for name, said in _ON_DRAFTS.items():
        actions.add_parser(name, help=said).add_argument("draft", metavar="DRAFT")


def _add_deciding(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions.add_parser("waiting", help="what waits for approval, with what is new in it")
    approve = actions.add_parser("approve", help="approve what was shown, and publish it")
    approve.add_argument("key", metavar="DRAFT", help="as `waiting` shows it")
    approve.add_argument("digest", metavar="DIGEST", help="that of the words that you read, as `waiting` shows it")
    approve.add_argument("--confirm", action="store_true", help="everything that must be true of the school is")
    approve.add_argument("--review-by", type=day, metavar="DATE", help="when it is to be read again")
    back = actions.add_parser("return", help="send it back to its author")
    back.add_argument("draft", metavar="DRAFT")
    back.add_argument("remark", nargs="+", metavar="REMARK", help="what its author is to do")
    out = actions.add_parser("take-out", help="take an answer out of use at once")
    out.add_argument("entry", metavar="ENTRY")
    out.add_argument("reason", nargs="+", metavar="REASON", help="why: it is kept, and told to those who hear of it")


_ON_DRAFTS = {
    "draft": "how a draft stands", "send": "send it for approval", "withdraw": "take back what you sent",
    "drop": "give it up", "carry-over": "take over what others changed meanwhile",
    "taken": "what it would take away from other answers (learns it first, which takes a while)",
}  # fmt: skip


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print what comes of it. Raises AuthoringError."""
    live = LiveBase(settings)
    with contextlib.closing(open_for(settings)) as store:
        core = Core(live.current, store, settings.data, settings.alerting, workshop_of(settings, live))
        core.workbench.finish(core.school().id, _now())
        desk = _Desk(core.workbench, store, core.school(), parsed)
        print(*desk.lines(parsed.action or "list"), sep="\n")
    return 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class _Desk:
    """What somebody typed, and what it is done with."""

    bench: Workbench
    store: Store
    school: School
    parsed: argparse.Namespace

    def lines(self, action: str) -> Iterable[str]:
        """Do what the action says. What changes anything is written down first: at a terminal nobody signs in."""
        if self.parsed.person not in self.school.people:
            known = ", ".join(self.school.people)
            raise AskFirstError(f"there is no '{self.parsed.person}' in school.yaml. The people are: {known}")
        if action in _CHANGING:
            self._write_down(action)
        return _ACTIONS[action](self)

    @property
    def who(self) -> str:
        return str(self.parsed.person)

    def told(self, draft: Draft) -> Iterator[str]:
        """How a draft stands now."""
        return draft_lines(draft, self.bench.check(self.school.id, draft), difference(draft.base, draft.text))

    def _write_down(self, action: str) -> None:
        what = next((v for name in ("entry", "draft", "key", "file") if (v := getattr(self.parsed, name, ""))), "")
        actor = Actor(self.who, self.school.people[self.who].name)
        detail = Detail(reference=f"{action} {what}", way=in_terminal())
        self.store.audit(self.school.id).note("in-terminal", actor, detail, _now())


def _list(desk: _Desk) -> Iterable[str]:
    given = vars(desk.parsed)
    words, asking = " ".join(given.get("words") or ()), given.get("asking") or ""
    states = given.get("state") or ()
    return list_lines(
        desk.bench.list_answers(desk.school.id, desk.who, _now(), words=words, asking=asking, states=states)
    )


def _show(desk: _Desk) -> Iterable[str]:
    view = desk.bench.view(desk.school.id, desk.who, desk.parsed.entry, _now())
    return view_lines(view, desk.school.opening.zone)


def _edit(desk: _Desk) -> Iterable[str]:
    draft = desk.bench.begin(desk.school.id, desk.who, desk.parsed.entry, _now())
    text = _typed(desk, draft.text)
    if text == draft.text:
        return desk.told(draft)
    return desk.told(desk.bench.save(desk.school.id, desk.who, draft.id, draft.version, text, _now()))


def _new(desk: _Desk) -> Iterable[str]:
    text = _typed(desk, EntryText())
    draft = desk.bench.begin_new(desk.school.id, desk.who, desk.parsed.file, text, _now())
    near = desk.bench.similar(desk.school.id, " ".join((text.title, *text.phrasings)))
    answered = [f"This may be answered already: {each.entry} ({each.title})" for each in near if each.chance > _SURE]
    return [*answered, *desk.told(draft)]


_SURE = 0.3


def _typed(desk: _Desk, text: EntryText) -> EntryText:
    """The fields that were given, in the place of those that there are."""
    if desk.parsed.source:
        text = from_file(text, desk.parsed.source)
    return edited(text, desk.parsed.set)


def _drafts(desk: _Desk) -> Iterable[str]:
    found = desk.bench.drafts(desk.school.id, desk.who)
    return [f"{each.id}: {each.text.title} ({each.state})" for each in found] or ["You have no open drafts."]


def _draft(desk: _Desk) -> Iterable[str]:
    draft = desk.bench.draft(desk.school.id, desk.who, desk.parsed.draft)
    changed = desk.bench.changed_meanwhile(desk.school.id, desk.who, draft.id)
    more = ["", "Meanwhile others changed (carry-over takes it into your draft):", *difference_lines(changed)]
    return [*desk.told(draft), *(more if changed else ())]


def _send(desk: _Desk) -> Iterable[str]:
    draft = desk.bench.draft(desk.school.id, desk.who, desk.parsed.draft)
    sent = desk.bench.send(desk.school.id, desk.who, draft.id, draft.version, _now())
    return [f"Sent: {sent.entry}. Whoever may approve it hears of it."]


def _withdraw(desk: _Desk) -> Iterable[str]:
    desk.bench.withdraw(desk.school.id, desk.who, desk.parsed.draft, _now())
    return ["Taken back. It is a draft again."]


def _drop(desk: _Desk) -> Iterable[str]:
    desk.bench.drop(desk.school.id, desk.who, desk.parsed.draft, _now())
    return ["Given up."]


def _carry_over(desk: _Desk) -> Iterable[str]:
    return desk.told(desk.bench.carry_over(desk.school.id, desk.who, desk.parsed.draft, _now()))


def _try(desk: _Desk) -> Iterable[str]:
    draft = desk.bench.draft(desk.school.id, desk.who, desk.parsed.draft)
    return tried_lines(desk.bench.try_it(desk.school.id, draft, " ".join(desk.parsed.sentence), _now()))


def _taken(desk: _Desk) -> Iterable[str]:
    draft = desk.bench.draft(desk.school.id, desk.who, desk.parsed.draft)
    return taken_lines(desk.bench.taken(desk.school.id, draft))


def _waiting(desk: _Desk) -> Iterable[str]:
    return waiting_lines(desk.bench.waiting(desk.school.id, desk.who, _now()))


def _approve(desk: _Desk) -> Iterable[str]:
    parsed = desk.parsed
    found = [each for each in desk.bench.waiting(desk.school.id, desk.who, _now()) if each.key == parsed.key]
    digest = next((each.digest for each in found if each.digest.startswith(parsed.digest)), parsed.digest)
    ticks = found[0].confirm if found and parsed.confirm else ()
    desk.bench.approve(
        desk.school.id, desk.who, parsed.key, digest, _now(), confirmed=ticks, review_by=parsed.review_by
    )
    return ["Approved and published."]


def _return(desk: _Desk) -> Iterable[str]:
    desk.bench.send_back(desk.school.id, desk.who, desk.parsed.draft, " ".join(desk.parsed.remark), _now())
    return ["Sent back. Its author hears of it."]


def _take_out(desk: _Desk) -> Iterable[str]:
    desk.bench.take_out(desk.school.id, desk.who, desk.parsed.entry, " ".join(desk.parsed.reason), _now())
    return ["Taken out of use. Whoever asks is sent to a person until somebody else approves it again."]


def _health(desk: _Desk) -> Iterable[str]:
    return health_lines(desk.bench.health(desk.school.id, desk.who, _now()))


def _unanswered(desk: _Desk) -> Iterable[str]:
    return unanswered_lines(desk.bench.unanswered(desk.school.id, desk.who, _now()))


_ACTIONS: Mapping[str, Callable[[_Desk], Iterable[str]]] = {
    "list": _list, "show": _show, "edit": _edit, "new": _new, "drafts": _drafts, "draft": _draft, "send": _send,
    "withdraw": _withdraw, "drop": _drop, "carry-over": _carry_over, "try": _try, "taken": _taken,
    "waiting": _waiting, "approve": _approve, "return": _return, "take-out": _take_out, "health": _health,
    "unanswered": _unanswered,
}  # fmt: skip
_CHANGING = frozenset({"edit", "new", "send", "withdraw", "drop", "carry-over", "approve", "return", "take-out"})
