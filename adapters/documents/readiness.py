"""The review of readiness as a PDF for governors: the score, the plan, and each statement with who filled it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from adapters.documents.sheet import Sheet
from bot.concerns.words import day, moment
from bot.knowledge import School
from bot.readiness import RATINGS, PlanLine, ReviewedPart, ReviewedStatement, SelfReview

_TITLE = "Are we ready?"
_ABOUT = (
    "The school reviewed whether it is ready to use social media safely. Each statement was judged: yes, partly or not "
    "yet. The score is in per cent; “partly” counts half. What AskFirst filled in by itself says so, with the day and "
    "where to look. Everything else was answered by the person who is named. Whoever answers is asked to name no child."
)
_NOT_CLOSED = "It is not closed yet, and may still change."
_NOBODY = "Nobody is named yet"


def readiness_pdf(school: School, review: SelfReview, before: SelfReview | None, by: str, now: dt.datetime) -> bytes:
    """A review, with the one before it beside the score. `by` is the name that every page says, with `now`. The same
    input gives the same bytes."""
    zone = school.opening.zone
    with closing(Sheet(school.name, f"Taken out by {by} on {moment(now, zone)}", now, "For governors")) as sheet:
        sheet.set_title(f"{_TITLE} Review {review.number}")
        sheet.part(f"{_TITLE} Review {review.number}", bookmark=False)
        _head(sheet, school, review, now)
        _score(sheet, review, before, zone)
        _plan(sheet, review)
        for part in review.parts:
            sheet.heading(f"{part.title}: {part.score.percent}%")
            for number, each in enumerate(part.statements, 1):
                _statement(sheet, school, number, each)
        return bytes(sheet.output())


def _head(sheet: Sheet, school: School, review: SelfReview, now: dt.datetime) -> None:
    zone = school.opening.zone
    sheet.headline(_TITLE)
    sheet.pair("School", school.name)
    begun = f"Review {review.number}, begun on {day(review.begun_at.astimezone(zone).date())} by {review.begun_by.name}"
    sheet.pair("Review", begun)
    if review.closed_at and review.closed_by:
        closed = (
            f"Closed on {day(review.closed_at.astimezone(zone).date())} by {review.closed_by.name}. Kept as it was."
        )
        sheet.pair("How it stands", closed)
    else:
        sheet.pair("How it stands", f"As of {moment(now, zone)}. {_NOT_CLOSED}", strong=True)
    sheet.ln(1)
    sheet.passage(_ABOUT)


def _score(sheet: Sheet, review: SelfReview, before: SelfReview | None, zone: ZoneInfo) -> None:
    sheet.heading("The score")
    for part in review.parts:
        sheet.bar(part.title, part.score.percent, _counted(part))
    whole = review.score
    sheet.bar("All parts", whole.percent, f"{whole.yes} of {whole.total} hold")
    sheet.ln(1)
    if before is None or before.closed_at is None:
        sheet.aside("There is no earlier review to compare it with.")
        return
    closed = before.closed_at.astimezone(zone).date()
    sheet.aside(f"Last time: review {before.number}, closed on {day(closed)}.")
    for part in before.parts:
        sheet.bar(part.title, part.score.percent, _counted(part))
    sheet.bar("All parts", before.score.percent, f"{before.score.yes} of {before.score.total} held")


def _counted(part: ReviewedPart) -> str:
    score = part.score
    said = f"{score.yes} yes, {score.partly} partly, {score.not_yet} not yet"
    return f"{said}, {score.unanswered} open" if score.unanswered else said


def _plan(sheet: Sheet, review: SelfReview) -> None:
    sheet.heading("The plan")
    lines = review.plan()
    if not lines:
        sheet.passage("Nothing is to be done: every statement that was answered holds.")
    for number, line in enumerate(lines, 1):
        judged = line.statement.judged
        when = f"by {judged.due.day} {judged.due:%b %Y}" if judged.due else "no day yet"
        sheet.entry(str(number), when, judged.owner or _NOBODY, line.statement.task, tuple(_under(line)))


def _under(line: PlanLine) -> Iterator[tuple[str, bool]]:
    rating = RATINGS[line.statement.rating] if line.statement.rating else "Not answered"
    yield f"{line.part}: {line.statement.says} {rating}.", False
    if line.done:
        yield f"Done on {day(line.done.on)}, says {line.done.by.name}: {line.done.how}", True


def _statement(sheet: Sheet, school: School, number: int, one: ReviewedStatement) -> None:
    judged, fact = one.judged, one.fact
    sheet.ln(2)
    sheet.pair(f"{number}. {RATINGS[one.rating] if one.rating else 'Not answered'}", one.says, strong=True)
    if fact:
        label = "Filled in by" if one.by_askfirst else "AskFirst has"
        by = (
            f"AskFirst, as of {day(fact.on)}: "
            if one.by_askfirst
            else f"{RATINGS[fact.rating]}. As of {day(fact.on)}: "
        )
        sheet.pair(label, f"{by}{fact.said}. Where to look: {fact.look}.")
    if one.judgement and judged.rating:
        when = moment(one.judgement.at, school.opening.zone)
        sheet.pair("Answered by", f"{one.judgement.by.name}, {when}")
    for label, text in (("Why otherwise", judged.differs), ("What shows it", judged.evidence)):
        if text:
            sheet.pair(label, text)
    if one.rests_on:
        sheet.pair("Rests on", "\n".join(dict.fromkeys(each.source for each in one.rests_on)))
