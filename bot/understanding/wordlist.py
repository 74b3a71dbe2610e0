"""Ordinary English words with their frequencies: what must not be "corrected" into a word of the base.

The list is the one that symspellpy ships (82,000 words, British spellings included); it is read as data.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.errors import AskFirstError

_PACKAGE, _FILE = "symspellpy", "symspellpy/frequency_dictionary_en_82_765.txt"


@lru_cache(maxsize=1)
def english() -> Mapping[str, int]:
    """word -> how often it is used. Raises AskFirstError where the package is missing."""
    try:
        path = Path(str(importlib.metadata.distribution(_PACKAGE).locate_file(_FILE)))
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (importlib.metadata.PackageNotFoundError, OSError) as fault:
        raise AskFirstError(f"the word list of the package {_PACKAGE} is missing; install AskFirst again") from fault
    return {word: int(count) for word, count in (line.split() for line in lines)}
