"""The rules that an entry keeps, each in one place: what breaks one of them is a fault, or a notice. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.knowledge.files.faults import Fault
from bot.knowledge.files.fields import YamlFields
from bot.knowledge.model import OF_SCHOOL, Entry
from bot.knowledge.schools.model import ASKED_ELSEWHERE, ROLES

MOST_WORDS = 90  # answer, why and instead together
LONGEST_BADGE = 60  # characters
MOST_CITES = 5
FIRST_WRITER = "z"  # of a plain list, and of everything from the first edition
NO_ENTRY = "outside"  # where a look-alike belongs that no entry answers

# What a notice asks for. Entries of the first edition fall short of it, and are served meanwhile.
FEWEST_PHRASINGS = 40
FEWEST_WHERE_RARE = 25
FEWEST_WRITERS = 6
LARGEST_SHARE = 1 / 3  # of the phrasings, by one writer
FEWEST_OPPOSITES = 6
FEWEST_NOT_THIS = 4

_BARE = re.compile(r"\W*(?:yes|no)\b(?! need\b)", re.IGNORECASE)
_PLACE = re.compile(r"\{([^{}]*)\}")


def is_bare(text: str) -> bool:
    """Whether a text begins with Yes or No (save "No need"): the same rule is asked for from both sides."""
    return bool(_BARE.match(text))


def check_badge(fields: YamlFields, badge: str) -> None:
    """Faults of what is read first."""
    if len(badge) > LONGEST_BADGE:
        fields.fault("badge", f"has {len(badge)} characters", f"Say ruling and act in {LONGEST_BADGE} at most")
    if is_bare(badge):
        fields.fault("badge", "begins with Yes or No", "Name the act: Don't add pupils; You may share; No need to ask")
    if _PLACE.search(badge):
        fields.fault("badge", "holds braces", "Names and numbers belong into answer, why or instead")


def check_wording(fields: YamlFields, answer: str, why: str, instead: str) -> None:
    """Faults of the words that stand below the badge."""
    words = sum(len(part.split()) for part in (answer, why, instead))
    if words > MOST_WORDS:
        fields.fault(
            "answer", f"the wording has {words} words", f"Cut answer, why and instead to {MOST_WORDS} together"
        )
    if is_bare(answer):
        fields.fault(
            "answer", "begins with Yes or No", "Let the first sentence name the act, whichever way it is asked"
        )
    for key, text in (("answer", answer), ("why", why), ("instead", instead)):
        check_places(fields, key, text)


def check_places(fields: YamlFields, key: str, text: str) -> None:
    """What stands in braces is a role of school.yaml."""
    for name in _PLACE.findall(text):
        if name not in ROLES:
            fields.fault(key, f"'{{{name}}}' stands for nobody", f"Use a role of school.yaml: {', '.join(ROLES)}")


def check_entry(fields: YamlFields, entry: Entry) -> None:
    """Faults of an entry as a whole."""
    check_badge(fields, entry.badge)
    check_wording(fields, entry.answer, entry.why, entry.instead)
    check_places(fields, "note", entry.note or "")
    if len(entry.cites) > MOST_CITES:
        fields.fault("cites", f"has {len(entry.cites)} clauses", f"Keep the {MOST_CITES} that it rests on most")
    if len(set(entry.cites)) < len(entry.cites):
        fields.fault("cites", "names a clause twice", "Name it once")
    if entry.ask is not None and entry.ask not in (*ROLES, *ASKED_ELSEWHERE):
        known = ", ".join((*ROLES, *ASKED_ELSEWHERE))
        fields.fault("ask", f"'{entry.ask}' is nobody who can be asked", f"Use one of: {known}")
    _check_depends(fields, entry)


def _check_depends(fields: YamlFields, entry: Entry) -> None:
    facts = entry.facts
    if facts and facts.fact == OF_SCHOOL and facts.ask:
        fields.fault("facts", f"'{OF_SCHOOL}' is asked for", "Take 'ask' away: it is read from school.yaml")
    if entry.ruling != "depends":
        return
    if facts is None:
        remedy = "Add the fact it turns on, with its cases"
        fields.fault("facts", "the ruling is 'depends' but nothing is asked", remedy)
    elif facts.ask is None and facts.fact != OF_SCHOOL:
        fields.fault("facts", "the ruling is 'depends' but 'ask' is missing", "Add the question that the bot asks")
    elif any(case.ruling == "depends" for case in facts.cases):
        fields.fault("facts", "a case still says 'depends'", "Give each case a ruling of its own")


def notices_of(entry: Entry) -> Iterator[Fault]:
    """What an entry still lacks. None of it keeps it from being served."""
    if entry.hold:
        problem = "nobody is given this answer, and whoever asks is sent to a person"
        remedy = f"Once a named person has checked it (askfirst approve {entry.id} shows it), take 'hold: true' away"
        yield Fault(entry.file, entry.id, "hold", problem, remedy)
    for field, problem, remedy in (*_of_phrasings(entry), *_of_the_rest(entry)):
        yield Fault(entry.file, entry.id, field, problem, remedy)


def _of_phrasings(entry: Entry) -> Iterator[tuple[str, str, str]]:
    number, fewest = len(entry.phrasings), FEWEST_WHERE_RARE if entry.rare else FEWEST_PHRASINGS
    writers = Counter(each.writer for each in entry.phrasings)
    if number < fewest:
        yield "phrasings", f"it has too few phrasings ({number})", f"Write at least {fewest}, as staff would type"
    if len(writers) < FEWEST_WRITERS:
        yield (
            "phrasings",
            f"its phrasings are by {_counted(writers)} alone",
            f"Let at least {FEWEST_WRITERS} people write some",
        )
    elif (most := writers.most_common(1)[0])[1] > number * LARGEST_SHARE:
        yield "phrasings", f"more than a third of its phrasings is by writer {most[0]}", "Let the others write more"


def _of_the_rest(entry: Entry) -> Iterator[tuple[str, str, str]]:
    if len(entry.opposites) < FEWEST_OPPOSITES:
        remedy = f"Write at least {FEWEST_OPPOSITES} that ask for the same rule from the other side"
        yield "opposites", f"it has too few opposites ({len(entry.opposites)})", remedy
    if len(entry.not_this) < FEWEST_NOT_THIS:
        remedy = f"Write at least {FEWEST_NOT_THIS} look-alikes that must not end here, each with where it belongs"
        yield "not_this", f"it has too few look-alikes ({len(entry.not_this)})", remedy


def _counted(writers: Iterable[str]) -> str:
    number = len(set(writers))
    return f"{number} writer{'' if number == 1 else 's'}"
