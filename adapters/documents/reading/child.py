"""The process that reads one document: bytes in, JSON out, with no more memory and time than it may have."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from adapters.documents.reading.formats import read_content
from adapters.documents.reading.limits import MEMORY, SECONDS, UnreadableContentError
from bot.errors import AskFirstError


def main(kind: str, leave_out: str) -> None:
    """Read standard input as a file of this kind, and write what it holds, or what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = [int(each) for each in leave_out.split(",") if each]
    try:
        said: dict[str, object] = asdict(read_content(kind, sys.stdin.buffer.read(), pages))
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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
