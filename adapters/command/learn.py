"""`askfirst learn`: learn the knowledge base now, and keep it beside the base, so that no start has to."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bot.errors import FileError
from bot.knowledge import load
from bot.service.live.base import find_encoder
from bot.settings import LEARNED, Settings
from bot.understanding.fitting import learn_for_shipping


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which folder."""
    parser.add_argument("folder", nargs="?", help="the knowledge folder (default: the one in use)")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Learn it with the sentence model, where there is one, and by words alone. Raises KnowledgeError where the base
    has a fault, FileError where nothing can be written."""
    folder = Path(parsed.folder).resolve() if parsed.folder else settings.knowledge
    knowledge, place = load(folder), folder / LEARNED
    _try_to_write(place)
    print("Learning the knowledge base: allow about twenty minutes.", flush=True)
    try:
        for encoder in dict.fromkeys((find_encoder(settings), None)):
            learn_for_shipping(knowledge, encoder, settings.cache, place)
    except OSError as fault:
        raise FileError(fault, str(fault.filename or place)) from fault
    size = sum(path.stat().st_size for path in place.iterdir())
    print(f"Learned. It is kept in {place} ({size / 1e6:.1f} MB): copy it with the rest of the folder.")
    return 0


def _try_to_write(place: Path) -> None:
    """Said now, and not after twenty minutes. Raises FileError."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as fault:
        raise FileError(fault, str(place)) from fault
