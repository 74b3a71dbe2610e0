"""`askfirst tips`: what comes next in each channel, what was posted, and what the school decides about it."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from adapters.command.arguments import day
from bot.knowledge import Knowledge, Tip
from bot.service.calendars import KeptCalendars
from bot.service.live.last_good import files_or_last_good
from bot.service.tip_adding import add_tip
from bot.service.tip_desk import TipDesk
from bot.settings import Settings
from bot.store import open_for
from bot.tips import PlannedTip, local_day

_BY = "the terminal"
_SEEN = dt.timedelta(days=90)
NO_CHANNELS = "No channel gets tips. Name some in school.yaml, under tips > channels."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of the verb."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("show", help="the next twenty school days, for each channel (what it does by itself)")
    actions.add_parser("posted", help="what was posted and asked about, and what was decided")
    skip = actions.add_parser("skip", help="put a tip on hold")
    pin = actions.add_parser("pin", help="choose the tip of a day")
    for action in (skip, pin):
        action.add_argument("tip", metavar="TIP", help="its id")
    pin.add_argument("day", type=day, metavar="DATE", help="as 2027-09-01")
    pin.add_argument("--channel", metavar="CHANNEL", help="in this channel only")
    unpin = actions.add_parser("unpin", help="let that day have its own tip")
    unpin.add_argument("day", type=day, metavar="DATE")
    pause = actions.add_parser("pause", help="no tips at all, from today on")
    for action in (skip, pause):
        action.add_argument(
            "--until", type=day, metavar="DATE", help="the last day of it (default: until further notice)"
        )
    resume = actions.add_parser("resume", help="end a pause, or take a tip off hold")
    resume.add_argument("tip", nargs="?", metavar="TIP")
    _add_new(actions.add_parser("add", help="add one of the school's own to tips.yaml, once it is checked"))


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tip", metavar="TIP", help="its new id: small letters, digits and hyphens")
    parser.add_argument(
        "--entry", required=True, metavar="ENTRY", help='the answer behind it: "Ask about this" shows it'
    )
    parser.add_argument("--text", required=True, metavar="TEXT", help="what staff read, in quotes: at most 60 words")
    parser.add_argument("--theme", metavar="THEME", help="post it on the days of this theme only")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print what comes of the action."""
    print(tips(parsed, settings, dt.datetime.now(dt.UTC)))
    return 0


def tips(parsed: argparse.Namespace, settings: Settings, now: dt.datetime) -> str:
    """One action -> what is printed. Raises AskFirstError."""
    if parsed.action == "add":
        tip = Tip(parsed.tip, parsed.entry, " ".join(parsed.text.split()), parsed.theme or None)
        return add_tip(settings.knowledge, tip, now)
    knowledge = files_or_last_good(settings)
    with desk_for(settings, knowledge) as desk:
        return _acted(desk, knowledge, parsed, now)


def _acted(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> str:
    actions: Mapping[str, Callable[[], str]] = {
        "show": lambda: "\n".join(_coming(desk, knowledge, now)),
        "posted": lambda: "\n".join(_posted(desk, knowledge, now)),
        "skip": lambda: _skip(desk, knowledge, parsed, now),
        "pin": lambda: _pin(desk, knowledge, parsed, now),
        "unpin": lambda: _unpin(desk, knowledge, parsed),
        "pause": lambda: _pause(desk, knowledge, parsed, now),
        "resume": lambda: _resume(desk, knowledge, parsed, now),
    }
    return actions[parsed.action or "show"]()


@contextlib.contextmanager
def desk_for(settings: Settings, knowledge: Knowledge) -> Iterator[TipDesk]:
    """The tips of the school that the settings name; their store is closed at the end."""
    bases = {knowledge.school.id: knowledge}
    with contextlib.closing(open_for(settings)) as store:
        yield TipDesk(lambda: bases, store, KeptCalendars(settings.data))


def _coming(desk: TipDesk, knowledge: Knowledge, now: dt.datetime, count: int = 20) -> Iterator[str]:
    school = knowledge.school
    if not school.tips.channels:
        yield NO_CHANNELS
    choices = desk.seen(school.id, local_day(school, now), now).choices
    stopped = any(choice.kind == "pause" and choice.last is None for choice in choices)
    for channel in school.tips.channels:
        yield f"{channel}, at {school.tips.time:%H:%M}:"
        planned = desk.coming(school.id, channel, count, now)
        yield from map(_line, planned)
        if stopped:
            yield "  no tips until you run: askfirst tips resume"
        elif len(planned) < count:
            yield "  no more school days are known: add the next terms to school.yaml"
    yield from (f"the calendar: {remark}" for remark in desk.calendar_remarks(school.id))
    yield from left_out_lines(desk, knowledge, now)


def _line(planned: PlannedTip) -> str:
    marks = [f"theme: {theme}" for theme in planned.themes] + (["pinned"] if planned.pinned else [])
    shown = f"{planned.tip.id}: {planned.tip.text}" if planned.tip else "no tip fits"
    return f"  {planned.day:%a %Y-%m-%d}  {shown}" + (f"  ({', '.join(marks)})" if marks else "")


def left_out_lines(desk: TipDesk, knowledge: Knowledge, now: dt.datetime) -> Iterator[str]:
    """A line for each tip that is not posted, and for each post of which nobody knows whether it arrived."""
    seen = desk.seen(knowledge.school.id, (now - dt.timedelta(days=14)).date(), now)
    for tip, reason in seen.left_out:
        yield f"left out: {tip.id}, {reason}"
    for post in seen.posts:
        if post.state == "left-out":
            yield f"not posted on {post.day} in {post.channel}: {post.tip} (nobody could say whether it had arrived)"


def _posted(desk: TipDesk, knowledge: Knowledge, now: dt.datetime) -> Iterator[str]:
    seen = desk.seen(knowledge.school.id, (now - _SEEN).date(), now)
    yield from (f"{post.day}  {post.channel:12}  {post.state:9}  {post.tip}" for post in seen.posts)
    if not seen.posts:
        yield "Nothing was posted in the last 90 days."
    for opinion in seen.opinions:
        yield f"{opinion.tip}: asked about {opinion.asked} times, not useful {opinion.not_useful} times"
    for choice in seen.choices:
        span = f"{choice.first} to {choice.last or 'further notice'}"
        yield f"{choice.kind} {choice.tip or 'all tips'}, {span}, by {choice.by}"


def _skip(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> str:
    last: dt.date | None = parsed.until
    desk.skip(knowledge.school.id, parsed.tip, _BY, last, now)
    back = f"after {last}" if last else f"when you run: askfirst tips resume {parsed.tip}"
    return f"{parsed.tip} is on hold. It comes back {back}."


def _pin(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> str:
    desk.pin(knowledge.school.id, parsed.tip, parsed.day, parsed.channel or "", _BY, now)
    return f"{parsed.tip} is the tip of {parsed.day} in {parsed.channel or 'every channel'}."


def _unpin(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace) -> str:
    count = desk.unpin(knowledge.school.id, parsed.day)
    return f"Nothing is pinned to {parsed.day} any more." if count else f"Nothing was pinned to {parsed.day}."


def _pause(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> str:
    last: dt.date | None = parsed.until
    desk.pause(knowledge.school.id, _BY, last, now)
    return f"No tips {f'until {last}, which is included' if last else 'until you run: askfirst tips resume'}."


def _resume(desk: TipDesk, knowledge: Knowledge, parsed: argparse.Namespace, now: dt.datetime) -> str:
    if not desk.resume(knowledge.school.id, parsed.tip or "", now):
        return f"{parsed.tip} was not on hold." if parsed.tip else "Tips were not paused by a command."
    return f"{parsed.tip or 'Tips'} may be posted again."
