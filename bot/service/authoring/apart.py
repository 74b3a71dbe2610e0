"""A base with a draft in it, learned in a process of its own, so that nobody who asks waits for it.

The process is given the files in a folder of their own. It learns with the lowest priority, keeps what it learned where
a server will look for it, asks the ways of asking of other entries, and says which of them the draft answers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge import BaseFiles
from bot.service.authoring.model import AuthoringError
from bot.service.authoring.shelf import Workshop
from bot.service.live.learning import begin_apart, learned_here
from bot.understanding.decision import Match

_PATIENCE = 1800.0  # seconds
_POLITE = 15  # an approved answer is learned first
_FAILED = "It could not be learned. Try again; if it stays so, ask whoever looks after AskFirst"


def taken_by(workshop: Workshop, files: BaseFiles, entry: str, near: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(entry, way of asking) of those near ones that this entry would answer. Raises AuthoringError."""
    with tempfile.TemporaryDirectory(prefix="askfirst-draft-") as folder:
        files.copy_to(Path(folder))
        told = {
            "folder": folder,
            "cache": str(workshop.cache or ""),
            "learned": str(workshop.learned or ""),
            "model": str(workshop.model or ""),
            "entry": entry,
            "near": list(near),
        }
        return _asked(told)


def _asked(told: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    try:
        process = begin_apart("bot.service.authoring.apart", told, subprocess.PIPE)
        with process:
            try:
                out, _ = process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        found = json.loads(out)
    except (OSError, ValueError, subprocess.SubprocessError):
        raise AuthoringError(_FAILED) from None
    return tuple((str(name), str(phrasing)) for name, phrasing in found)


def _find(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    knowledge, understanding = learned_here(told, _POLITE)
    for name in told["near"]:
        for text in knowledge.entries[name].texts if name in knowledge.entries else ():
            decision = understanding.matcher.match(understanding.reader.read(text))
            if isinstance(decision, Match) and decision.best.entry == told["entry"]:
                yield name, text


def main() -> None:
    """The process: what is wanted on its input, what was found on its output, both as JSON."""
    told = json.loads(sys.stdin.read())
    json.dump(list(_find(told)), sys.stdout)


if __name__ == "__main__":
    main()
