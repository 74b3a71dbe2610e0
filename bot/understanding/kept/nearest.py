"""Of the lessons that are kept in several places, those of the base that is most like this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.understanding.kept.catching_up import differing, is_near
from bot.understanding.kept.lessons import LearnedFrom, Lessons, read_learned_from, read_lessons


@dataclass(frozen=True)
class KeptLessons:
    """Lessons in a file, and what they were learned from."""

    path: Path
    key: str
    texts: LearnedFrom

    def read(self) -> Lessons | None:
        """None where the file is damaged."""
        return read_lessons(self.path, self.key)


def nearest(files: Sequence[Path], key: str, texts: LearnedFrom) -> list[KeptLessons]:
    """The lessons in these files that were learned in the way that this key names, of these texts or of a base that is
    near: the very same first, then the fewest other texts, then in the order of the files."""
    found = [KeptLessons(path, key, known) for path in files if (known := read_learned_from(path, key))]
    near = [each for each in found if is_near(each.texts, texts)]
    return sorted(near, key=lambda each: (each.texts.digest != texts.digest, differing(each.texts, texts)))
