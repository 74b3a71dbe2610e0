"""What is wrong with the knowledge base, said so that the person who edits it can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import AskFirstError


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend: in which file (relative to the base), entry and field, what is wrong, what to do."""

    file: str
    entry: str
    field: str
    problem: str
    remedy: str
    line: int = 0  # counted from 1; 0 where it is not known

    def __str__(self) -> str:
        place = " > ".join(part for part in (self.file, self.entry, self.field) if part)
        line = f" (line {self.line})" if self.line and not self.field.startswith("line ") else ""
        return f"{place}: {self.problem}. {self.remedy}{line}"


class KnowledgeError(AskFirstError):
    """The base cannot be used as it stands; `faults` holds every reason."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''} in the knowledge base"
        super().__init__("\n".join([count, *map(str, faults)]))
