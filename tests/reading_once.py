"""A base of the very same files is read once for all tests of a process: a quarter of the time of those that work on
files of their own went into reading again what nobody had changed. What is wrong is read anew every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.knowledge import BaseFiles, Knowledge, loading

MOST = 24  # a few bases with what one test after the other does to them
Read = Callable[[BaseFiles, bool], Knowledge]


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_loaded", once(loading._loaded))
        yield


def once(read: Read) -> Read:
    """The same, which hands out again what it made of the same bytes; a Knowledge is never changed."""
    kept: dict[tuple[str, bool], Knowledge] = {}

    def reading(files: BaseFiles, approved: bool) -> Knowledge:
        if not all(isinstance(content, bytes) for content in files.contents.values()):
            return read(files, approved)
        key = files.fingerprint, approved
        kept[key] = kept.pop(key) if key in kept else read(files, approved)  # the latest stands last
        if len(kept) > MOST:
            del kept[next(iter(kept))]
        return replace(kept[key])  # whoever asks whether it was read anew is told so

    return reading
