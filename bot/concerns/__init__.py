"""A concern, from the form to the last line of its chronology: as data, and what follows from it. Pure.

`form` describes what is asked, `reading` turns what was filled in into a Report, `routing` says who hears, `guidance`
what whoever writes it is told, `chronology` what happened to it since.
"""

from bot.concerns.chronology import (
    ASKFIRST,
    Actor,
    ConcernState,
    Detail,
    Event,
    EventKind,
    acted_on,
    reported_by,
    state_of,
)
from bot.concerns.form import Field, FieldOption, Form, Screen, form_for, staff
from bot.concerns.guidance import Advice
from bot.concerns.model import Account, Adult, Asked, KnownBy, Planned, Pupil, Reader, Receipt, Report, Reporter, Terms
from bot.concerns.reading import Answers, read_first, read_report
from bot.concerns.receipt import Followed, Told
from bot.concerns.record import ChildFile, Count, Figures, Record, Summary
from bot.concerns.routing import Routing, pass_on, route
from bot.concerns.typed import IncompleteError

__all__ = [
    "ASKFIRST",
    "Account",
    "Actor",
    "Adult",
    "Advice",
    "Answers",
    "Asked",
    "ChildFile",
    "ConcernState",
    "Count",
    "Detail",
    "Event",
    "EventKind",
    "Field",
    "FieldOption",
    "Figures",
    "Followed",
    "Form",
    "IncompleteError",
    "KnownBy",
    "Planned",
    "Pupil",
    "Reader",
    "Receipt",
    "Record",
    "Report",
    "Reporter",
    "Routing",
    "Screen",
    "Summary",
    "Terms",
    "Told",
    "acted_on",
    "form_for",
    "pass_on",
    "read_first",
    "read_report",
    "reported_by",
    "route",
    "staff",
    "state_of",
]
