"""A small base for the tests, cut out of the real one: some entries with some of their phrasings, a share of the rest.

    python -m tests.make_base FOLDER

It is cut from the files as they stand, line by line, so that it follows every edit and can be read beside them. The
same files give the same base. Everything in it is approved, which is made up as in the real one. Learning the real base
takes minutes, learning this one half a minute, once: what was learned is kept beside it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.knowledge import load
from bot.service.approving.signing import Signature, approval_of, chosen, keep
from bot.settings import LEARNED

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "knowledge"
APPROVING = ROOT / "bot" / "knowledge" / "approvals"
KEPT = ROOT / "data" / "cache" / "tests"

# Tips of every theme, and what the tests and dialogues ask for. To these comes the first entry with each fact and with
# each list of nations that none of them has.
ENTRIES = frozenset(
    """
    friend-ex-pupil friend-pupil parent-was-friend parent-friend-request parents-ask-number pupil-home-email
    pupils-old-enough approve-each-follower pupils-follow-me decline-request own-child-pupil trip-phone photo-consent
    award-badge what-aim danger-999 own-words who-is-dsl dsl-away who-is-online-safety-lead start-account-alone
    lock-account-how rude-comment name-and-shame unsure-report dormant-account pupil-group-chat give-pupils-number
    how-reach-parents join-parents-group parent-reshares behaviour-policy-online everyones-job
    """.split()
)
PHRASINGS = 25  # of each entry, the first ones of each writer: as few as one that is rarely asked should have
EVERY = {"child": 4, "danger": 4, "adult": 4, "head": 3, "none": 4}  # of triage's examples, one in so many
OUTSIDE = 12  # of what is outside the base, one in so many of each role and writer
_OF_EVERY_KIND = (re.compile(r"(?m)^    nations: .*$"), re.compile(r"(?m)^      fact: .*$"))
_ITEM, _KEY = re.compile(r" +- "), re.compile(r" {0,4}([\w-]+):")


def make_base(folder: Path) -> None:
    """Write the small base into `folder`, which must not be there yet."""
    shutil.copytree(REAL, folder, ignore=shutil.ignore_patterns("README.md", "entries", "approvals.yaml", LEARNED))
    (folder / "entries").mkdir()
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted((REAL / "entries").glob("*.yaml"))}
    chosen = _chosen([block for text in files.values() for block in _blocks(text) if _names(block)])
    for name, text in files.items():
        some = "".join(_entries(text, chosen))
        if "  - id: " in some:
            (folder / "entries" / name).write_text(some, encoding="utf-8")
    for name in ("tips.yaml", "checks.yaml"):
        path = folder / name
        path.write_text("".join(_of_entries(path.read_text(encoding="utf-8"), chosen)), encoding="utf-8")
    for path in (folder / "triage.yaml", *sorted((folder / "triage").glob("*.yaml"))):
        path.write_text("".join(_thinned(path.read_text(encoding="utf-8"), EVERY)), encoding="utf-8")
    outside = folder / "outside.yaml"
    messages, heading, smalltalk = outside.read_text(encoding="utf-8").partition("smalltalk:\n")
    outside.write_text("".join((*_thinned(messages, {}, OUTSIDE), heading, smalltalk)), encoding="utf-8")
    # By day a server would send one more letter than by night.
    school = folder / "school.yaml"
    school.write_text(
        school.read_text(encoding="utf-8").replace("summaries: daily", "summaries: never"), encoding="utf-8"
    )
    _approve(folder)


def _approve(folder: Path) -> None:
    given = Signature("Ms Amara Bello", "dsl", dt.date(2026, 9, 1), made_up=True)
    entries = chosen(load(folder, approved=False), (), every=True, made_up=True)
    keep(folder, [approval_of(each, given, each.confirm) for each in entries], made_up=True)


def small_base() -> Path:
    """The folder of the small base, made where there is none of these very files yet."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(APPROVING.glob("*.py")):
        digest.update(path.read_bytes())
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


def small_cache() -> Path:
    """Where what was learned from this very small base is kept: from an earlier one it would be caught up with."""
    cache = KEPT / f"learned-{small_base().name}"
    cache.mkdir(exist_ok=True)
    return cache


def _blocks(text: str) -> Iterator[str]:
    """What stands before the first item with an id, then each such item."""
    yield from re.split(r"(?m)^(?=  - id: )", text)


def _names(block: str) -> list[str]:
    """The id of an entry and those of entries that were merged into it; none for what is no entry."""
    found = re.match(r"  - id: (\S+)", block)
    was = re.search(r"(?ms)^    was: \[(.*?)\]", block)
    return [found[1], *re.findall(r"[\w-]+", was[1] if was else "")] if found else []


def _chosen(blocks: list[str]) -> frozenset[str]:
    """Every name of the entries that are taken."""
    taken = [block for block in blocks if ENTRIES & set(_names(block))]
    there = {kind for block in taken for kind in _kinds(block)}
    for block in blocks:
        if not _kinds(block) <= there:
            there |= _kinds(block)
            taken.append(block)
    return frozenset(name for block in taken for name in _names(block))


def _kinds(block: str) -> set[str]:
    """The line on its nations and the one on its fact, as they stand in the file."""
    return {found[0] for line in _OF_EVERY_KIND if (found := line.search(block))}


def _entries(text: str, chosen: frozenset[str]) -> Iterator[str]:
    for block in _blocks(text):
        if not _names(block):
            yield block
        elif chosen & set(_names(block)):
            yield "".join(_fewer(block, chosen))


def _fewer(block: str, chosen: frozenset[str]) -> Iterator[str]:
    """An entry with its first phrasings, and without what points at entries that are not here."""
    for field in re.split(r"(?m)^(?=    [\w-]+:)", block):
        if field.startswith("    phrasings:"):
            yield from _in_turn(re.split(r"(?m)^(?= +- | {6}[\w-]+:)", field))
        elif field.startswith("    related:"):
            kept = [name for name in re.findall(r"[\w-]+", field.partition(":")[2]) if name in chosen]
            yield f"    related: [{', '.join(kept)}]\n"
        elif not field.startswith("    not_this:"):
            yield field


def _in_turn(pieces: list[str]) -> Iterator[str]:
    """A list of phrasings, or one for each writer: PHRASINGS of them, the first ones of each writer in turn. Of more
    writers than that the last ones have no list."""
    writers: list[list[str]] = []
    for piece in pieces:
        if piece.lstrip().startswith("- "):
            writers[-1].append(piece)
        else:
            writers.append([piece])
    order = sorted((place, number) for number, (_, *texts) in enumerate(writers) for place in range(len(texts)))
    kept = Counter(number for _, number in order[:PHRASINGS])
    for number, (heading, *texts) in enumerate(writers):
        if number == 0 or kept[number]:
            yield "".join((heading, *texts[: kept[number]]))


def _of_entries(text: str, chosen: frozenset[str]) -> Iterator[str]:
    """A list of items that belong to entries, without those of entries that are not here."""
    for block in _blocks(text):
        entry = re.search(r"^    entry: (\S+)", block, re.M)
        if entry is None or entry.group(1) in chosen:
            yield block


def _thinned(text: str, rates: Mapping[str, int], others: int = 1) -> Iterator[str]:
    """The first of every so many examples of each list, by its name, with the lines that go on from it."""
    every, number, kept = 1, 0, True
    for line in text.splitlines(keepends=True):
        if key := _KEY.match(line):
            every, number, kept = rates.get(key.group(1), others), 0, True
        elif _ITEM.match(line):
            kept, number = number % every == 0, number + 1
        if kept:
            yield line


if __name__ == "__main__":
    make_base(Path(sys.argv[1]))
