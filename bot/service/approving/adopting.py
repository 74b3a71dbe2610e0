"""A school of its own out of the shipped folder: its people, and nothing approved."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from bot.errors import AskFirstError
from bot.knowledge import Approvals, Knowledge, KnowledgeError, load
from bot.knowledge.approvals import FILE as APPROVALS
from bot.knowledge.checks.model import CHECKS_APPROVED
from bot.knowledge.school_policy.model import ANSWERS, APPROVED, EDITIONS
from bot.knowledge.schools.anew import Named, Part, anew, parts_of
from bot.knowledge.schools.contacts import wrong_email, wrong_phone
from bot.knowledge.schools.model import has_lado
from bot.knowledge.schools.reading import NEEDED
from bot.service.approving.files import write_approvals

_SCHOOL = "school.yaml"
# Of the policy: what the demo school answered, and what was approved and built of it.
_OF_THE_DEMO = tuple(PurePath(name).name for name in (ANSWERS, APPROVED, EDITIONS))
# Whom the demo school does not have, and who approves answers or is asked about them.
MORE = ("business-manager", "senco")


class NotAdoptedError(AskFirstError):
    """No school was begun, and nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no school was begun, and nothing was written. {reason}")


@dataclass(frozen=True)
class Adoption:
    """What is known of the new school: `named` are its people, see `bot.knowledge.schools.anew.anew`."""

    name: str
    nation: str
    named: Mapping[str, Named]


def parts_to_name(shipped: Path, nation: str) -> tuple[tuple[Part, bool], ...]:
    """Whom a school of this nation is asked for, and whether it must have somebody."""
    parts = parts_of((shipped / _SCHOOL).read_text(encoding="utf-8"))
    needed = {"social-care" if role == "lado" and not has_lado(nation) else role for role in NEEDED}
    here = [part for part in parts if part.roles != ("lado",) or has_lado(nation)]
    asked = [(part, bool(needed & set(part.roles))) for part in here]
    return (*asked, *((Part(role, "", role.replace("-", " ").capitalize(), (role,)), False) for role in MORE))


def what_is_wrong(named: Named) -> str:
    """What keeps this from being somebody who can be asked; empty where nothing does."""
    if not named.name.strip():
        return "the name is missing"
    return wrong_phone(named.phone) or (wrong_email(named.email) if named.email else "")


def id_of(name: str) -> str:
    """A school's name -> the id of its rows. Raises NotAdoptedError where no letter of it can be used."""
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    if not found:
        raise NotAdoptedError(f"'{name}' holds no letter from a to z. Write the school's name in English")
    return found


def adopt(shipped: Path, folder: Path, adoption: Adoption, today: dt.date) -> Knowledge:
    """Make the folder, which must not be there yet. Raises NotAdoptedError."""
    if folder.exists():
        raise NotAdoptedError(f"{folder} is there already. Name another with --folder, or move it away")
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".adopt-") as aside:
            made = Path(aside) / "knowledge"
            shutil.copytree(shipped, made, ignore=shutil.ignore_patterns(APPROVALS, CHECKS_APPROVED, *_OF_THE_DEMO))
            knowledge = _filled(made, adoption, today)
            made.rename(folder)
    except OSError as fault:
        raise NotAdoptedError(f"{folder} cannot be written: {fault.strerror}. Name another with --folder") from None
    return knowledge


def _filled(made: Path, adoption: Adoption, today: dt.date) -> Knowledge:
    path = made / _SCHOOL
    text = path.read_text(encoding="utf-8")
    id_ = id_of(adoption.name)
    path.write_text(
        anew(text, id_, adoption.name, adoption.nation, adoption.named, today.isoformat()), encoding="utf-8"
    )
    write_approvals(made, Approvals)
    try:
        return load(made)
    except KnowledgeError as error:
        raise NotAdoptedError("\n".join(map(str, error.faults))) from None
