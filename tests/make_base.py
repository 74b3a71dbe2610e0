"""A small base for the tests, cut out of the real one: some entries with some of their phrasings, a share of the rest.

    python -m tests.make_base FOLDER

It is cut from the files as they stand, line by line, so that it follows every edit and can be read beside them. The
same files give the same base. Learning the real base takes minutes, learning this one a second or two.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "knowledge"
KEPT = ROOT / "data" / "cache" / "tests"

# Every verdict, every fact, tips of every theme, both nations, and what the tests and dialogues ask for.
ENTRIES = frozenset(
    """
    friend-ex-pupil friend-pupil parent-was-friend parent-friend-request parents-ask-number copy-in-pupil
    pupils-old-enough outsider-follow pupils-follow-me decline-request own-child-pupil trip-phone photo-consent
    award-badge what-aim danger-999 own-words who-is-dsl dsl-away who-is-online-safety-lead start-account-alone
    check-age-limit lock-account-how rude-comment name-and-shame unsure-report dormant-account pupil-group-chat
    give-pupils-number text-parents-own-phone join-parents-group parent-reshares behaviour-policy-online everyones-job
    leave-public
    """.split()
)
PHRASINGS = 25  # of each entry, the first ones: as few as an entry may have
EVERY = {"child": 4, "danger": 4, "adult": 4, "head": 3, "none": 4}  # of triage's examples, one in so many
_ITEM, _KEY = re.compile(r" +- "), re.compile(r" {0,4}([\w-]+):")


def make_base(folder: Path) -> None:
    """Write the small base into `folder`, which must not be there yet."""
    shutil.copytree(REAL, folder, ignore=shutil.ignore_patterns("README.md", "entries"))
    (folder / "entries").mkdir()
    for path in sorted((REAL / "entries").glob("*.yaml")):
        some = "".join(_entries(path.read_text(encoding="utf-8")))
        if "  - id: " in some:
            (folder / "entries" / path.name).write_text(some, encoding="utf-8")
    written = [(path, _thinned) for path in sorted((folder / "triage").glob("*.yaml"))]
    for path, cut in ((folder / "triage.yaml", _thinned), (folder / "tips.yaml", _tips), *written):
        path.write_text("".join(cut(path.read_text(encoding="utf-8"))), encoding="utf-8")


def small_base() -> Path:
    """The folder of the small base, made where there is none of these very files yet."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(REAL.rglob("*.yaml")):
        digest.update(str(path.relative_to(REAL)).encode() + b"\0" + path.read_bytes())
    folder = KEPT / f"base-{digest.hexdigest()[:16]}"
    if not folder.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=KEPT, prefix=".base-"))
        make_base(aside / "base")
        with contextlib.suppress(OSError):  # where another process was quicker, with the same result
            (aside / "base").rename(folder)
        shutil.rmtree(aside)
    return folder


def _blocks(text: str) -> Iterator[str]:
    """What stands before the first item with an id, then each such item."""
    yield from re.split(r"(?m)^(?=  - id: )", text)


def _id(block: str) -> str:
    found = re.match(r"  - id: (\S+)", block)
    return found.group(1) if found else ""


def _entries(text: str) -> Iterator[str]:
    for block in _blocks(text):
        if not _id(block):
            yield block
        elif _id(block) in ENTRIES:
            head, _, phrasings = block.partition("    phrasings:\n")
            related = re.sub(r"related: \[(.*?)\]", lambda found: _related(found.group(1)), head, flags=re.S)
            items = re.split(r"(?m)^(?=      - )", phrasings)
            yield f"{related}    phrasings:\n{''.join(items[: PHRASINGS + 1])}"


def _related(names: str) -> str:
    kept = [name for name in re.findall(r"[\w-]+", names) if name in ENTRIES]
    return f"related: [{', '.join(kept)}]"


def _tips(text: str) -> Iterator[str]:
    for block in _blocks(text):
        entry = re.search(r"^    entry: (\S+)", block, re.M)
        if entry is None or entry.group(1) in ENTRIES:
            yield block


def _thinned(text: str) -> Iterator[str]:
    """The first of every so many examples of each list of EVERY, with the lines that go on from it."""
    every, number, kept = 1, 0, True
    for line in text.splitlines(keepends=True):
        if key := _KEY.match(line):
            every, number, kept = EVERY.get(key.group(1), 1), 0, True
        elif _ITEM.match(line):
            kept, number = number % every == 0, number + 1
        if kept:
            yield line


if __name__ == "__main__":
    make_base(Path(sys.argv[1]))
