"""Reading checks.yaml and checks-approved.yaml: questions about answers, with one right option each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.knowledge.checks.model import CHECKS, CHECKS_APPROVED, CheckQuestion
from bot.knowledge.checks.words import digest_of_check
from bot.knowledge.entries.rules import is_bare
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.model import Entry
from bot.knowledge.school_policy.documents import read_approved

FEWEST, MOST = 2, 3  # wrong options
_LONGEST = 100  # characters of an option: it stands on a button, or in a line beside one
_LONGEST_QUESTION = 240


def read_checks(
    fields: YamlFields,
    approved: YamlFields | None,
    entries: Mapping[str, Entry],
    merged: Mapping[str, str],
    faults: Faults,
) -> tuple[CheckQuestion, ...]:
    """The questions in the order of the file. Without `approved` each counts as approved:
    so the base is taken where nothing is asked of approvals."""
    fields.only({"questions"})
    found: dict[str, CheckQuestion] = {}
    for item in fields.items("questions", required=False):
        name = str(item.get("id", "")) if isinstance(item, Mapping) else ""
        each = YamlFields(faults, CHECKS, name or "a question without id", item)
        check = _question(each, merged)
        if check.id in found:
            each.fault("id", "is used twice", "Give each question an id of its own")
        if check.entry and check.entry not in entries:
            each.fault("entry", f"there is no entry '{check.entry}'", "Name one of entries/")
        found[check.id] = check
    if approved is None:
        return tuple(replace(each, approved=True) for each in found.values())
    digests = {name: each.digest for name, each in read_approved(approved, faults, CHECKS_APPROVED).items()}
    return tuple(replace(each, approved=_is_approved(each, entries, digests)) for each in found.values())


def _is_approved(check: CheckQuestion, entries: Mapping[str, Entry], digests: Mapping[str, str]) -> bool:
    entry = entries.get(check.entry)
    return entry is not None and digests.get(check.id) == digest_of_check(check, entry)


def _question(fields: YamlFields, merged: Mapping[str, str]) -> CheckQuestion:
    fields.only({"id", "entry", "question", "right", "wrong"})
    entry, question = fields.text("entry"), fields.text("question")
    right, wrong = fields.text("right"), fields.texts("wrong")
    if not FEWEST <= len(wrong) <= MOST:
        fields.fault("wrong", f"has {len(wrong)} options", f"Write {FEWEST} or {MOST} that somebody might well take")
    if len({each.casefold() for each in (right, *wrong)}) <= len(wrong):
        fields.fault("wrong", "says the same as another option", "Let each option say something of its own")
    if bare := [option for option in (right, *wrong) if is_bare(option)]:
        fields.fault("wrong", f"'{bare[0]}' begins with Yes or No", "Name the act: Ring 999; Leave it; Ask the head")
    for key, text, most in (("question", question, _LONGEST_QUESTION), *(("wrong", each, _LONGEST) for each in wrong),
                            ("right", right, _LONGEST)):  # fmt: skip
        if len(text) > most:
            fields.fault(key, f"has {len(text)} characters", f"Say it in {most} at most")
    return CheckQuestion(fields.text("id"), merged.get(entry, entry), question, right, wrong)
