"""`askfirst adopt NAME`: a school of its own begins: its people are asked for, and nothing is approved."""

from __future__ import annotations

import argparse
import datetime as dt
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from adapters.console.text import typed
from bot.errors import FileError
from bot.knowledge import Knowledge
from bot.knowledge.approvals.first import first_to_approve
from bot.knowledge.files.faults import KnowledgeError
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.files.syntax import UnreadableError, decoded
from bot.knowledge.schools.anew import Named, Part
from bot.knowledge.schools.model import NATIONS, SERVICES
from bot.service.approving.adopting import Adoption, NotAdoptedError, adopt, id_of, parts_to_name, what_is_wrong
from bot.settings import Settings, shipped_base

Read = Callable[[str], str]
# Who is a person of the school, and no desk or service that is called the same everywhere.
_PEOPLE = {"dsl", "deputy-dsl", "head", "chair", "online-safety-lead", "data-protection-lead", "it-support"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the school is called, and where its folder goes."""
    parser.add_argument("name", metavar="NAME", help="the school's name, in quotes")
    parser.add_argument("--folder", metavar="FOLDER", help="the new knowledge folder (default: named after the school)")
    parser.add_argument("--answers", metavar="FILE", help="read the answers from a YAML file: nation, people")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ask, make the folder, and say what comes next. Raises AskFirstError."""
    now = dt.datetime.now(dt.UTC)
    folder = Path(parsed.folder or id_of(parsed.name)).expanduser().resolve()
    shipped = shipped_base()
    if parsed.answers:
        adoption = read_answers(shipped, parsed.name, Path(parsed.answers))
    else:
        adoption = ask(shipped, parsed.name, input)
    print("\n".join(told(adopt(shipped, folder, adoption, now.date()), folder)))
    return 0


def ask(shipped: Path, name: str, read: Read) -> Adoption:
    """Ask for the nation and for everybody. Raises StoppedTypingError."""
    print(f"{name}: who answers for what? Leave a name empty where there is nobody; a number may end in 'ext 12'.")
    nation = ""
    while nation not in NATIONS:
        nation = typed(f"Nation ({', '.join(NATIONS)}) [England]: ", read).strip() or "England"
    named = {}
    for part, needed in parts_to_name(shipped, nation):
        if found := _ask_for(part, needed, read):
            named[part.key] = found
    return Adoption(name, nation, named)


def _ask_for(part: Part, needed: bool, read: Read) -> Named | None:
    """Somebody, asked for again until what was typed can be right."""
    usual = "" if _PEOPLE & set(part.roles) else part.name
    print(f"\n{part.title}{'' if needed else ' (if there is one)'}")
    while True:
        name = typed(f"  Name{f' [{usual}, or - for nobody]' if usual else ''}: ", read).strip() or usual
        if name in ("", "-"):
            if not needed:
                return None
            print("  There must be somebody.")
            continue
        service = SERVICES & set(part.roles)
        found = Named(name, typed("  Telephone: ", read).strip(), "" if service else typed("  E-mail: ", read).strip())
        if not (problem := what_is_wrong(found)):
            return found
        print(f"  {problem}. Type it again.")


def read_answers(shipped: Path, name: str, path: Path) -> Adoption:
    """The same out of a file: `nation`, and under `people` a name, a phone and an email by key. Raises KnowledgeError,
    FileError and NotAdoptedError."""
    faults = Faults()
    fields = YamlFields(faults, path.name, "", _parsed(path))
    fields.only({"nation", "people"})
    nation = fields.choice("nation", NATIONS)
    people = fields.mapping("people")
    inner = fields.inner("people", people)
    parts = parts_to_name(shipped, nation or NATIONS[0])
    inner.only({part.key for part, _ in parts})
    named = {key: _named(inner.inner(key, item)) for key, item in people.items()}
    for part, needed in parts:
        if part.key in named and (problem := what_is_wrong(named[part.key])):
            inner.fault(part.key, problem, "Write it as it is dialled or sent to")
        if needed and part.key not in named:
            inner.fault(part.key, "is missing", f"Name the {part.title}")
    if faults.found:
        raise KnowledgeError(tuple(sorted(set(faults.found))))
    return Adoption(name, nation, named)


def _named(fields: YamlFields) -> Named:
    fields.only({"name", "phone", "email"})
    return Named(fields.text("name"), fields.text("phone"), fields.text("email", required=False))


def _parsed(path: Path) -> object:
    try:
        return parse(decoded(path.read_bytes()))[0]
    except OSError as fault:
        raise FileError(fault, str(path)) from fault
    except (UnreadableError, ValueError, RecursionError):
        raise NotAdoptedError(f"{path} is not valid YAML") from None


def told(knowledge: Knowledge, folder: Path) -> Iterator[str]:
    """What was made, what to look at, and what to approve first."""
    yield f"{folder} was made for {knowledge.school.name}, out of what AskFirst brings."
    yield "Nothing is approved: until somebody approves an answer, whoever asks is told whom to ask instead."
    yield "Concerns, handovers and who to ring work at once."
    yield ""
    yield "Look at these first:"
    yield f"  - {folder / 'school.yaml'}: hours, terms, INSET days and ladders are still the demo school's."
    yield "  - Then: askfirst doctor (set ASKFIRST_KNOWLEDGE to the folder, here and for the server)."
    yield ""
    yield from _first(knowledge)
    if items := _to_confirm(knowledge):
        yield ""
        yield "Find out whether these are true of your school; an answer can be approved once its own are:"
        yield from (f"  [ ] {item} ({', '.join(entries)})" for item, entries in items.items())


def _first(knowledge: Knowledge) -> Iterator[str]:
    """What to approve first, and the command."""
    first = first_to_approve(knowledge)
    if not first:
        yield f"The answers on safeguarding that AskFirst brings are not for {knowledge.school.nation}. Write your own"
        yield "first (knowledge/README.md shows how): what to do in danger, whom to tell, and whom if they are away."
        return
    yield "Approve these first:"
    yield from (f"  [ ] {each.id}: {each.title}" for each in first)
    lead = shlex.quote(knowledge.school.holders("dsl")[0].name)
    yield f"  askfirst approve {' '.join(each.id for each in first)} --by {lead} --role dsl"


def _to_confirm(knowledge: Knowledge) -> Mapping[str, list[str]]:
    """Each thing that must be true, with the entries that need it."""
    found: dict[str, list[str]] = {}
    for entry in knowledge.entries.values():
        for item in entry.confirm if entry.holds_in(knowledge.school.nation) else ():
            found.setdefault(item, []).append(entry.id)
    return found
