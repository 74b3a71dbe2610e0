"""The verbs of the command line that talk to a person at the terminal."""

from __future__ import annotations

import datetime as dt

from adapters.console.chat import chat
from adapters.console.concern import follow, log_concern
from adapters.console.inbox import Terminal, list_inbox, show_concern, work_on
from bot.errors import AskFirstError
from bot.knowledge import School, load
from bot.service.casework import Casework
from bot.service.core import Core
from bot.service.live import LiveBase
from bot.settings import Settings
from bot.store import Store, open_for


def converse(settings: Settings) -> None:
    """`askfirst chat`."""
    core = Core(LiveBase(settings).current, open_for(settings))

    def log() -> None:
        try:
            log_concern(core.casework, core.school(), input, print, _now)
        except AskFirstError as fault:
            print(fault)

    chat(core.assistant, input, print, _now, {"/concern": log})


def concern(settings: Settings) -> None:
    """`askfirst concern`."""
    school, casework, _ = _opened(settings)
    log_concern(casework, school, input, print, _now)


def receipt(settings: Settings, receipt: str, add: bool) -> None:
    """`askfirst receipt RECEIPT`; with `add`, something is added to the concern first."""
    school, casework, _ = _opened(settings)
    if add:
        casework.add(receipt, input("What is to be added: "), _now())
    print(*follow(casework, school, receipt, _now()), sep="\n")


def inbox(settings: Settings, person: str, number: str, action: str) -> None:
    """`askfirst inbox PERSON`: the list; with a number one concern; with an action, that is done to it."""
    school, casework, store = _opened(settings)
    reader = casework.reader(person)
    if reader is None:
        raise AskFirstError(f"there is no '{person}' in school.yaml. The people are: {', '.join(school.people)}")
    desk = Terminal(casework, store, school, reader, _now())
    if not number:
        print(*list_inbox(desk), sep="\n")
    elif not action:
        print(*show_concern(desk, number), sep="\n")
    else:
        print(work_on(desk, number, action, input))


def _opened(settings: Settings) -> tuple[School, Casework, Store]:
    school, store = load(settings.knowledge).school, open_for(settings)
    return school, Casework(lambda: school, store), store


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
