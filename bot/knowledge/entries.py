"""Reading one entry, with the rules that its own fields must keep."""

from __future__ import annotations

import datetime as dt
import re
from typing import cast

from bot.knowledge.fields import Faults, YamlFields
from bot.knowledge.model import Entry, FactCase, FactCases
from bot.messages import VERDICTS, Verdict

MAX_WORDS = 90
MAX_CITES = 5
MIN_PHRASINGS = 25
LONGEST_REVIEW = dt.timedelta(days=3 * 366)

# How an answer must open, so that its first word says what its verdict says.
_OPENINGS: dict[str, str] = {
    "no": r"no\b",
    "not-advised": r"(not advised|no\b)",
    "yes": r"yes\b",
    "yes-if": r"yes\b",
    "depends": r"(it|that) depends",
}
_ANY_OPENING = re.compile(r"(no|yes|not advised|it depends)\b[.,:;!]?", re.IGNORECASE)

_FIELDS = {
    "id", "title", "verdict", "answer", "why", "instead", "note", "cites", "related", "facts", "approved_by",
    "reviewed", "review_by", "nation", "phrasings",
}  # fmt: skip


def read_entry(fields: YamlFields, faults: Faults, file: str) -> Entry:
    """fields -> Entry; whatever is wrong with it is noted in `faults`."""
    fields.only(_FIELDS)
    entry = Entry(
        id=fields.text("id"),
        file=file,
        title=fields.text("title"),
        verdict=_verdict(fields),
        answer=fields.text("answer"),
        why=fields.text("why", required=False),
        instead=fields.text("instead", required=False),
        note=fields.text("note", required=False) or None,
        cites=fields.texts("cites"),
        related=fields.texts("related", required=False),
        facts=None,
        approved_by=fields.text("approved_by"),
        reviewed=fields.date("reviewed"),
        review_by=fields.date("review_by"),
        nation=fields.text("nation"),
        phrasings=fields.texts("phrasings"),
    )
    if fields.has("facts"):
        cases = _read_facts(YamlFields(faults, file, f"{entry.id} > facts", fields.raw("facts")), faults, entry)
        entry = Entry(**{**entry.__dict__, "facts": cases})
    _check_entry(fields, entry)
    return entry


def _verdict(fields: YamlFields) -> Verdict:
    return cast(Verdict, fields.choice("verdict", VERDICTS) or "info")


def _read_facts(fields: YamlFields, faults: Faults, entry: Entry) -> FactCases:
    fields.only({"fact", "ask", "cases"})
    cases = []
    for item in fields.items("cases"):
        value = str(item.get("when", "?")) if isinstance(item, dict) else "?"
        case = YamlFields(faults, entry.file, f"{entry.id} > facts > {value}", item)
        case.only({"when", "verdict", "answer", "why", "instead"})
        read = FactCase(
            value=case.text("when"),
            verdict=_verdict(case),
            answer=case.text("answer"),
            why=case.text("why", required=False) or entry.why,
            instead=case.text("instead", required=False) or entry.instead,
        )
        _check_wording(case, read.verdict, (read.answer, read.why, read.instead))
        cases.append(read)
    return FactCases(fields.text("fact"), fields.text("ask", required=False) or None, tuple(cases))


def _check_entry(fields: YamlFields, entry: Entry) -> None:
    _check_wording(fields, entry.verdict, (entry.answer, entry.why, entry.instead))
    if len(entry.cites) > MAX_CITES:
        fields.fault("cites", f"has {len(entry.cites)} clauses", f"Keep the {MAX_CITES} that it rests on most")
    if len(set(entry.cites)) < len(entry.cites):
        fields.fault("cites", "names a clause twice", "Name it once")
    if len(entry.phrasings) < MIN_PHRASINGS:
        fields.fault(
            "phrasings", f"has only {len(entry.phrasings)}", f"Write at least {MIN_PHRASINGS}, as staff would type"
        )
    if entry.review_by <= entry.reviewed:
        fields.fault("review_by", "is not after 'reviewed'", "Set the date by which somebody reads this entry again")
    elif dt.date.max not in (entry.reviewed, entry.review_by) and entry.review_by - entry.reviewed > LONGEST_REVIEW:
        years = entry.review_by.year - entry.reviewed.year
        fields.fault("review_by", f"is {years} years after 'reviewed'", "See whether the year is right, of both")
    _check_depends(fields, entry)


def _check_wording(fields: YamlFields, verdict: Verdict, parts: tuple[str, str, str]) -> None:
    words = sum(len(part.split()) for part in parts)
    if words > MAX_WORDS:
        fields.fault("answer", f"the wording has {words} words", f"Cut answer, why and instead to {MAX_WORDS} together")
    opening = _OPENINGS.get(verdict)
    answer = parts[0]
    if opening and not re.match(opening, answer, re.IGNORECASE):
        fields.fault("answer", f"does not open as the verdict '{verdict}' says", "Begin with the verdict's own word")
    if opening is None and _ANY_OPENING.match(answer):
        fields.fault("answer", f"opens with a yes or a no although the verdict is '{verdict}'", "Change one of the two")


def _check_depends(fields: YamlFields, entry: Entry) -> None:
    if entry.facts is None:
        if entry.verdict == "depends":
            fields.fault(
                "facts", "the verdict is 'depends' but nothing is asked", "Add the fact it turns on, with its cases"
            )
    elif entry.verdict == "depends" and entry.facts.ask is None:
        fields.fault("facts", "the verdict is 'depends' but 'ask' is missing", "Add the question that the bot asks")
    elif entry.verdict == "depends" and any(case.verdict == "depends" for case in entry.facts.cases):
        fields.fault("facts", "a case still says 'depends'", "Give each case a verdict of its own")
