"""The process that reads one document: bytes in, JSON out, with no more memory and time than it may have."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict

from adapters.documents.reading.formats import read_content
from adapters.documents.reading.kinds import kind_of
from adapters.documents.reading.limits import MEMORY, SECONDS, UnreadableContentError
from bot.errors import AskFirstError


def main(name: str, leave_out: str) -> None:
    """Read standard input as a file of this name, and write what it holds, or what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = [int(each) for each in leave_out.split(",") if each]
    try:
        said: dict[str, object] = _read(name, sys.stdin.buffer.read(), pages)
    except UnreadableContentError as fault:
        said = {"problem": fault.problem, "remedy": fault.remedy}
    except AskFirstError as fault:
        said = {"missing": str(fault)}
    except MemoryError:
        said = {
            "problem": "it takes more memory to read than a document may",
            "remedy": "Cut it into parts, or save it anew",
        }
    json.dump(said, sys.stdout)


def _read(name: str, content: bytes, pages: Sequence[int]) -> dict[str, object]:
    return asdict(read_content(kind_of(name, content), content, pages))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
