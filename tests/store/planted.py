"""A word of its own in everything that people write: the form, and all that can be done to a concern."""

from __future__ import annotations

import datetime as dt

from bot.answering.dialogue import Conversation, NoteGap
from bot.store import Finished
from tests.ladder.world import PUPIL, TEACHER, World

# The names are two words, as names are.
REPORT = {
    **PUPIL, "pupils": "Zelda Marker, 7Groupmarker", "seen": "Seenmarker, and more of it.",
    "words": "Wordsmarker, she said to me.", "time": "Timemarker", "where": "Wheremarker", "present": "Presentmarker",
    "done": "Donemarker", "link": "https://linkmarker.example", "you_name": "Reportermarker Teal",
    "you_role": "Rolemarker", "you_email": "mailmarker@fernbank.example", "categories": "Neglect",
}  # fmt: skip
STRANGER = {**TEACHER, **{name: text for name, text in REPORT.items() if name not in ("about", "pupils")},
            "adult_name": "Adultmarker Teal", "adult_role": "Adultrolemarker"}  # fmt: skip


def worked_on(world: World) -> str:
    """A concern through which everything went that can be done; its number. It is closed."""
    given = world.log(REPORT)
    number, dsl, work = given.number, world.reader("dsl"), world.casework
    world.until("2026-11-23 10:20")
    work.read(dsl, number, world.now)
    work.note(dsl, number, "Notemarker", world.now)
    work.action(dsl, number, "Actionmarker", dt.date(2026, 12, 1), world.now)
    work.decide(dsl, number, "Decisionmarker", "Whymarker", world.now)
    work.refer(dsl, number, "Tomarker", "Referencemarker", "Toldmarker", world.now)
    work.correct(dsl, number, world.chronology(number)[0].number, "Correctionmarker", world.now)
    work.file_under(dsl, number, "", "Zelda Marker of 7Filemarker", world.now)
    work.add(given.receipt, "Addedmarker", world.now)
    work.reassign(dsl, number, "deputy-1", "Passedmarker", world.now)
    world.until("2026-11-23 10:40")
    work.export(dsl, (number,), "pdf", world.now)
    open_actions = [event.number for event in world.chronology(number) if event.kind == "action"]
    work.close(dsl, number, "Outcomemarker", "Closedmarker", None, world.now, {open_actions[0]: "kept"})
    return number


def said_elsewhere(world: World) -> None:
    """What tells of it without belonging to it."""
    school, store = world.school.id, world.store
    state = Conversation("friend-ex-pupil", None, {}, "What of Zelda Marker?", world.now + dt.timedelta(minutes=20))
    gap = NoteGap("May I ring the mother of Zelda?", None, "no-answer")
    store.talk(school).finish_turn("somebody", Finished(state, (gap,)), world.now)
    for channel in ("slack", "teams", "slack-draft"):
        payload = f'{{"text": "zelda  marker: SEENMARKER, and more of it. {channel}"}}'.replace("  ", " ")
        store.received(school, channel).take(f"{channel} 1", payload, world.now)
