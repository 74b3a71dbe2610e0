"""`askfirst doctor`: what is configured, and whether every person who must be told can be reached."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

from adapters.command.approval_lines import approval_lines, damaged_lines
from adapters.command.chat_lines import sign_in_tried, teams_sign_in, unanswered_messages
from adapters.command.reading_once import read_once
from adapters.command.restored import how_it_stands
from adapters.command.set_up import fault_lines, set_up_lines
from adapters.command.tips import NO_CHANNELS, desk_for, left_out_lines
from adapters.command.ways import ways
from adapters.delivering.reaching import NO_WAY, silent_ladders, to_people
from adapters.delivering.screen import NOTICE
from adapters.delivering.sender import reach_of
from bot.accounts.parts import leaders
from bot.concerns.guidance import outsiders_rule
from bot.concerns.standing_in import as_of, covers_at
from bot.concerns.words import day, day_and_time
from bot.errors import AskFirstError
from bot.hours import next_opening
from bot.knowledge import Knowledge, School, load
from bot.knowledge.schools.reading import NEEDED
from bot.service.accounts import AccountDesk
from bot.service.calendars import KeptCalendars
from bot.service.casework.covering import known_to
from bot.service.delivery import Delivery, Reach
from bot.service.drills import not_answered
from bot.service.tip_desk import kind_of
from bot.settings import Settings, Teams
from bot.store import open_for
from bot.tips import local_day
from bot.understanding.encoder import WHEEL_SHA256, find_model, load_encoder

OTHER_WAY = ". Alerts to them go another way"
NEXT_RUNG = ". An alert to them fails, and the next on the ladder is called"
Read = Callable[[], Knowledge]  # the base, read once however often it is asked for
SignsIn = Callable[[Teams], Iterable[str]]  # what came of trying to sign in, a line each
Reaches = Callable[[School], Mapping[str, Reach]]  # everybody on a ladder: person -> how they are reached


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether it is only tried out; everything is looked at."""
    parser.add_argument("--demo", action="store_true", help="try it out: it is no fault that nobody can be alerted")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each thing looked at; 1 where one has a fault."""
    now = dt.datetime.now(dt.UTC)
    well, lines = examine(
        settings,
        lambda school: _reach(settings, school, parsed.demo),
        now,
        parsed.demo,
        lambda teams: sign_in_tried(teams, now),
    )
    print("\n".join(lines))
    return 0 if well else 1


def _reach(settings: Settings, school: School, demo: bool) -> Mapping[str, Reach]:
    with contextlib.closing(open_for(settings)) as store:
        found = ways(settings, lambda: school, store)
        return asyncio.run(reach_of(school, found if demo else to_people(found)))


def examine(
    settings: Settings,
    reaches: Reaches,
    now: dt.datetime,
    demo: bool = False,
    signs_in: SignsIn = lambda _: (),
) -> tuple[bool, list[str]]:
    """(whether all is well, a line for each thing looked at). A line with a fault begins with 'FAULT', one that is
    fit for trying it out alone with 'WARN'. In a `demo` it is no fault that nobody can be alerted; `signs_in` tries the
    Teams app's sign-in for real."""
    read = read_once(lambda: known_to(load(settings.knowledge), settings))
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("knowledge", lambda: _knowledge(settings, now.date(), read)),
        ("sentence model", lambda: _model(settings)),
        ("database", lambda: _database(settings)),
        ("alerts", lambda: _alerts(settings, now, read)),
        ("backup", lambda: how_it_stands(settings, read().school, now)),
        ("calendar", lambda: _calendar(now, read)),
        ("cover", lambda: _cover(now, read)),
        ("outsiders", lambda: outsiders_rule(read().school)),
        ("tips", lambda: _tips(settings, now, read)),
        ("messages", lambda: unanswered_messages(settings, now, read)),
    )
    lines = [*fault_lines(settings), *(_looked(name, look) for name, look in looks)]
    lines += approval_lines(read, now.date())
    lines += damaged_lines(read)
    lines += _tip_calendar(settings, read)
    lines += set_up_lines(settings)
    if (teams := settings.teams) and teams.checked:
        lines.append(_looked("Teams sign-in", lambda: teams_sign_in(settings, teams, now, read)))
        lines += [line for line in signs_in(teams) if line not in lines]
    lines += _accounts(settings, now, read)
    lines += _ways(settings, demo)
    lines += _test_alerts(settings, read)
    lines += _people(reaches, "WARN " if demo else "FAULT", now, read)
    return not any(line.startswith("FAULT") for line in lines), lines


def _looked(name: str, look: Callable[[], str]) -> str:
    try:
        return f"ok     {name}: {look()}"
    except AskFirstError as fault:
        return f"FAULT  {name}: {fault}"


def _knowledge(settings: Settings, today: dt.date, read: Read) -> str:
    knowledge = read()
    due = sum(entry.is_due(today) for entry in knowledge.entries.values())
    overdue = f", {due} due for review" if due else ""
    return f"{len(knowledge.entries)} entries in {settings.knowledge}{overdue}"


def _model(settings: Settings) -> str:
    if not settings.semantic:
        return "switched off (ASKFIRST_MODEL=none): matching uses words and letters only"
    folder = find_model(settings.model)
    if folder is None:
        return "not installed: matching uses words and letters only (see the README to add it)"
    load_encoder(folder, sha256=None if settings.model else WHEEL_SHA256)
    return f"in use, from {folder}"


def _database(settings: Settings) -> str:
    open_for(settings).close()
    return settings.database.split("@")[-1].split(":///")[-1]


def _alerts(settings: Settings, now: dt.datetime, read: Read) -> str:
    school = read().school
    with contextlib.closing(open_for(settings)) as store:
        health = Delivery(lambda: {school.id: school}, store).health(now)
    if health.late or health.missing:
        raise AskFirstError(
            f"{health.late} are more than a minute late, and {len(health.missing)} open concerns have no next step. "
            "Start the server (askfirst serve) or a sender (askfirst work)"
        )
    if health.undelivered:
        raise AskFirstError(
            f"{health.undelivered} could not be delivered on any way so far. Ring the people on the ladder now, then "
            "look at the lines about e-mail, Slack, Teams and people below. The alerts are tried again and again"
        )
    return f"none is late, {health.waiting} wait for their time"


def _calendar(now: dt.datetime, read: Read) -> str:
    school = read().school
    opens = next_opening(school, now)
    if opens is None:
        raise AskFirstError(
            "school.yaml names no term that is still to come, so ladders count every hour. Add the next terms"
        )
    if opens == now:
        return "the school is open now"
    return f"the school opens next on {day_and_time(opens, school.opening.zone, year=True)}"


def _cover(now: dt.datetime, read: Read) -> str:
    """Who stands in for whom, now and later."""
    school = read().school
    coming = [cover for cover in school.cover if cover.last >= now.astimezone(school.opening.zone).date()]
    lines = (
        f"{school.people[each.by].name} stands in for {school.people[each.person].name} from {day(each.first)} to "
        f"{day(each.last)}{' (now)' if each in covers_at(school, now) else ''}"
        for each in sorted(coming, key=lambda each: each.first)
    )
    return "; ".join(lines) or "nobody is on leave"


def _tips(settings: Settings, now: dt.datetime, read: Read) -> str:
    knowledge = read()
    school = knowledge.school
    if not school.tips.channels:
        return NO_CHANNELS
    remarks: list[str] = []
    off = {kind.lower(): missing for kind, missing in settings.channels.items() if missing}
    remarks += [f"{name}: {off[kind_of(name)]}" for name in school.tips.channels if kind_of(name) in off]
    remarks += _refused(settings, school, now)
    with desk_for(settings, knowledge) as desk:
        following = desk.coming(school.id, school.tips.channels[0], 1, now)
        remarks += left_out_lines(desk, knowledge, now)
    at = f"{school.tips.time:%H:%M}"
    said = f"the next one on {day(following[0].day)} at {at}" if following else "no school day is known"
    return "; ".join([f"{said}, in {', '.join(school.tips.channels)}", *remarks])


def _tip_calendar(settings: Settings, read: Read) -> Iterator[str]:
    """A line for each thing in the school's calendar that was not understood."""
    try:
        school = read().school
    except AskFirstError:
        return  # said already
    if school.tips.channels:
        yield from (f"WARN   tips, calendar: {said}" for said in KeptCalendars(settings.data).remarks(school))


def _refused(settings: Settings, school: School, now: dt.datetime) -> Iterator[str]:
    """A line for each channel that has not taken today's tip."""
    with contextlib.closing(open_for(settings)) as store:
        posts = store.tips(school.id).since(local_day(school, now))
    for post in posts:
        if post.state == "waiting":
            yield (
                f"{post.channel} has not taken today's tip. If that goes on, invite AskFirst to the channel "
                "(in Slack: /invite @AskFirst; in Teams: add the app to the team), and look into the server's log"
            )


def _accounts(settings: Settings, now: dt.datetime, read: Read) -> Iterator[str]:
    """How many accounts stand in the register, and who can agree to a new one."""
    try:
        knowledge = read()
        with contextlib.closing(open_for(settings)) as store:
            found = AccountDesk(lambda: knowledge, store).counted(now)
    except AskFirstError as fault:
        yield f"FAULT  accounts: {fault}"
        return
    yield f"ok     accounts: {found.agreed} approved, {found.waiting} wait for a decision"
    if found.due:
        yield f"WARN   accounts: {found.due} due for review or to be handed over. See askfirst accounts list"
    if len(leaders(knowledge.school)) < 2:
        yield "WARN   accounts: the head alone agrees as senior leader. Name others under roles > slt in school.yaml"


def _ways(settings: Settings, demo: bool) -> Iterator[str]:
    if any(fault.stops for fault in settings.faults):
        yield "FAULT  ways: with these settings no server starts, and nobody is alerted"
    elif settings.alerting != "sent":
        yield f"WARN   ways: {NOTICE}" if demo else f"FAULT  ways: {NO_WAY}"


def _test_alerts(settings: Settings, read: Read) -> Iterator[str]:
    """Who has not answered the monthly test alert, since when."""
    try:
        school = read().school
        with contextlib.closing(open_for(settings)) as store:
            late = not_answered(store, school)
            sent = bool(store.drills(school.id).all())
    except AskFirstError as fault:
        yield f"FAULT  test alert: {fault}"
        return
    yield from (f"WARN   test alert: {each.said}. Ask whether it arrived" for each in late)
    if not late:
        said = "everybody has answered" if sent else "none was sent yet"
        yield f"ok     test alert: {said if school.test_alerts else 'switched off (test_alerts in school.yaml)'}"


def _people(reaches: Reaches, silent: str, now: dt.datetime, read: Read) -> Iterator[str]:
    """A line for everybody on a ladder, and for each ladder on which nobody can be reached; `silent` is how such a line
    begins."""
    try:
        school = as_of(read().school, now)
    except AskFirstError:
        return
    try:
        reached = reaches(school)
    except AskFirstError as fault:
        yield f"FAULT  people: nobody can say how they are reached. {fault}"
        reached = {}
    for line in silent_ladders(school, reached):
        yield f"{silent}  {line}"
    called = {rung.role for rungs in school.ladders.rungs.values() for rung in rungs}
    for role in dict.fromkeys((*NEEDED, *sorted(called))):
        holders = school.holders(role)
        if not holders and role in NEEDED:
            yield f"FAULT  {role}: nobody holds this role. Name somebody under roles in school.yaml"
        for person in holders:
            reach = ", ".join(filter(None, (person.phone, person.email)))
            found = reached.get(person.id, Reach(True, "")) if role in called else Reach(True, "")
            if not found.reached:
                yield f"{silent}  {role}: {person.name} ({reach}) cannot be sent alerts. {found.troubles}{NEXT_RUNG}"
            else:
                said = (f"Not by {found.troubles}{OTHER_WAY}" if found.troubles else "", found.remarks)
                yield ". ".join((f"ok     {role}: {person.name} ({reach})", *filter(None, said)))
