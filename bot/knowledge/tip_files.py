"""Reading tips.yaml (the tips, and on which days a theme is on) and the part `tips` of school.yaml."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from bot.knowledge.calendars.dates import CalendarError, Dates, read_calendar
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.folder import BaseFiles
from bot.knowledge.model import Theme, Tip
from bot.knowledge.schools.model import Pause, TipRules

LONGEST = 60  # words of a tip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_COUNTED = ("first_school_days", "last_school_days", "days_before_residential")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)(?::\d\d)?")
_CHANNEL = re.compile(r"web|(slack|teams):\S{1,180}")


def read_tips(fields: YamlFields, faults: Faults) -> tuple[tuple[Tip, ...], dict[str, Theme]]:
    """tips.yaml -> the tips, and the themes by name. A tip of a theme that is not there is a fault."""
    fields.only({"themes", "tips"})
    themes = {
        name: _theme(name, YamlFields(faults, "tips.yaml", f"themes > {name}", item))
        for name, item in fields.mapping("themes", required=False).items()
    }
    tips = tuple(_tip(YamlFields(faults, "tips.yaml", _name(item), item), themes) for item in fields.items("tips"))
    return tips, themes


def _tip(tip: YamlFields, themes: dict[str, Theme]) -> Tip:
    tip.only({"id", "entry", "text", "theme"})
    read = Tip(_id(tip), tip.text("entry"), tip.text("text"), tip.text("theme", required=False) or None)
    if (words := len(read.text.split())) > LONGEST:
        tip.fault("text", f"has {words} words", f"Keep a tip to {LONGEST} words")
    if read.theme and read.theme not in themes:
        known = ", ".join(themes) or "none so far"
        tip.fault("theme", f"there is no theme '{read.theme}'", f"Add it under themes, or use one of: {known}")
    return read


def _id(tip: YamlFields) -> str:
    value = tip.text("id")
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", value):
        tip.fault("id", f"'{value}' cannot be used", "Use small letters, digits and hyphens")
    return value


def _theme(name: str, fields: YamlFields) -> Theme:
    """One rule or several: the theme is on wherever one of them holds."""
    fields.only({"dates", "week_of", "month", "week", "day", *_COUNTED})
    theme = Theme(
        name=name,
        dates=fields.dates("dates"),
        week_of=_week_of(fields),
        in_month=_in_month(fields),
        **{key: _count(fields, key) for key in _COUNTED},
    )
    if theme == Theme(name):
        fields.fault("", "has no rule", f"Add one of: dates, week_of, month with week, {', '.join(_COUNTED)}")
    return theme


def _week_of(fields: YamlFields) -> tuple[int, int] | None:
    if not fields.has("week_of"):
        return None
    value = fields.text("week_of")
    try:
        day = dt.date.fromisoformat(f"2000-{value}")
    except ValueError:
        fields.fault("week_of", f"'{value}' is not a day of the year", 'Write month and day: "11-16"')
        return None
    return day.month, day.day


def _in_month(fields: YamlFields) -> tuple[int, int, int | None] | None:
    if not fields.has("month"):
        return None
    month, week = fields.choice("month", _MONTHS), _count(fields, "week")
    day = fields.choice("day", _WEEKDAYS) if fields.has("day") else ""
    if not month or not 1 <= week <= 5:
        fields.fault("week", "does not say which week of the month", "Add week: with a number from 1 to 5")
        return None
    return _MONTHS.index(month) + 1, week, _WEEKDAYS.index(day) if day else None


def _count(fields: YamlFields, key: str) -> int:
    value = fields.text(key, required=False) if fields.has(key) else "0"
    if not value.isdecimal() or int(value) > 60:
        fields.fault(key, f"'{value}' is not a number of days", "Write a whole number up to 60")
        return 0
    return int(value)


def read_tip_rules(fields: YamlFields, older: tuple[str, ...], files: BaseFiles | None) -> TipRules:
    """The part `tips` of school.yaml. `older` are channels that stand under `channels > tips`, where they stood in
    former versions; `files` are those among which a calendar may lie."""
    fields.only({"time", "until", "channels", "calendar", "residentials", "pauses"})
    channels = fields.texts("channels", required=False)
    if channels and older:
        fields.fault("channels", "stand here and under channels > tips", "Keep them here alone")
    usual = TipRules()
    time, until = _time(fields, "time", usual.time), _time(fields, "until", usual.until)
    if until <= time:
        fields.fault("until", f"{until:%H:%M} is not after {time:%H:%M}", "Say until when a late tip may be posted")
    address, dates, trouble = _calendar(fields, files)
    return TipRules(
        time=time,
        until=until,
        channels=_channels(fields, channels or older),
        address=address,
        dates=dates,
        trouble=trouble,
        residentials=fields.dates("residentials"),
        pauses=tuple(_pauses(fields)),
    )


def _channels(fields: YamlFields, channels: tuple[str, ...]) -> tuple[str, ...]:
    for channel in channels:
        if not _CHANNEL.fullmatch(channel):
            fields.fault("channels", f"'{channel}' is not a channel", "Write web, slack:C0123456 or teams:19:…")
    return tuple(dict.fromkeys(channel for channel in channels if _CHANNEL.fullmatch(channel)))


def _time(fields: YamlFields, key: str, usual: dt.time) -> dt.time:
    if not fields.has(key):
        return usual
    value = fields.text(key)
    found = _CLOCK.fullmatch(value)
    try:
        if found:
            return dt.time(int(found[1]), int(found[2]))
    except ValueError:
        pass  # 25:00
    fields.fault(key, f"'{value}' is not a time", f"Write it as {usual:%H:%M}")
    return usual


def _pauses(fields: YamlFields) -> list[Pause]:
    pauses = []
    for item in fields.items("pauses") if fields.has("pauses") else []:
        span = fields.inner("pauses", item)
        span.only({"first", "last"})
        pause = Pause(span.date("first"), span.date("last"))
        if pause.last < pause.first:
            span.fault("last", f"{pause.last} is before {pause.first}", "Put the earlier day first")
        pauses.append(pause)
    return pauses


def _calendar(fields: YamlFields, files: BaseFiles | None) -> tuple[str, Dates | None, str]:
    """(the address of the school's calendar, what its file says, why the file says nothing). A file that is not there
    or cannot be read is no fault of the base: nothing else hangs on it."""
    value = fields.text("calendar") if fields.has("calendar") else ""
    if value.lower().startswith(("https://", "webcal://")):
        return re.sub(r"(?i)^webcal://", "https://", value), None, ""
    if not value or files is None:
        return "", None, ""
    inside = (files.folder / value).resolve().is_relative_to(files.folder.resolve())
    if "://" in value or not value.lower().endswith(".ics") or not inside:
        fields.fault("calendar", f"'{value}' is no calendar", "Name an .ics file in this folder, or an https address")
        return "", None, ""
    return "", *_calendar_file(value, files)


def _calendar_file(name: str, files: BaseFiles) -> tuple[Dates | None, str]:
    try:
        return read_calendar(files.read(name)), ""
    except (FileNotFoundError, IsADirectoryError):
        return None, f"there is no file '{name}'. Put it into the knowledge folder"
    except (CalendarError, OSError) as fault:
        said = fault if isinstance(fault, CalendarError) else f"it cannot be read ({(fault.strerror or '').lower()})"
        return None, f"{name}: {said}. Export the calendar again"


def _name(item: Any) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
