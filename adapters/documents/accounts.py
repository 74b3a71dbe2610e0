"""A request for a new account or tool on paper: its risk assessment as a PDF, kept with the decisions."""

from __future__ import annotations

import datetime as dt

from adapters.documents.sheet import Sheet
from bot.accounts.form import AccountForm
from bot.accounts.model import Registered
from bot.accounts.words import answers_of, decisions_of, standing_of
from bot.concerns.words import moment
from bot.knowledge import School


def risk_pdf(school: School, form: AccountForm, found: Registered, by: str, now: dt.datetime) -> bytes:
    """A request as a risk assessment: what it is, what could go wrong and what is done about each, who decided and why.
    `by` is the name that every page says. The same input gives the same bytes."""
    sheet = Sheet(
        school.name, f"Exported by {by} on {moment(now, school.opening.zone)}", now, "For those who decide and hold it"
    )
    sheet.set_title(f"Risk assessment {found.number}")
    sheet.part(f"Account {found.number}")
    sheet.headline(f"Risk assessment: {found.title}")
    for label, text in (("Number", found.number), *standing_of(school, found)):
        sheet.pair(label, text)
    for screen in form.screens:
        sheet.heading(screen.title)
        for label, text in answers_of(screen, found):
            sheet.question(label, text)
    sheet.heading("Decisions and reviews")
    for line, reason in decisions_of(school, found):
        sheet.question(line, reason)
    if not found.decisions:
        sheet.passage("Nobody has decided yet. Nothing may be used before both have agreed.")
    return bytes(sheet.output())
