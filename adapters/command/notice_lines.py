"""What `askfirst check` says of notices: what is still to be done, in sentences, each with where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.knowledge import Fault

_WHAT = {
    "entries": ("answer", "answers"),
    "policies": ("clause", "clauses"),
    "policy": ("file", "files"),
    "approvals.yaml": ("approval", "approvals"),
}


def notice_lines(found: Sequence[Fault], *, every: bool) -> Iterator[str]:
    """Of each kind of notice what it says and how many there are; with `every` also of which answers, clauses or
    approvals, by file."""
    kinds: dict[tuple[str, str, str], list[Fault]] = {}
    for each in found:
        kinds.setdefault((_folder(each), each.field, _remedy(each)), []).append(each)
    for those in kinds.values():
        yield _of_kind(those, every)
        if every and len(those) > 1:
            yield from _where(those)
    if found and not every:
        yield "Which ones, and in which files: askfirst check --notices"


def _of_kind(those: Sequence[Fault], every: bool) -> str:
    first, *more = those
    one, many = _WHAT[_folder(first)]
    if not more:
        return f"Notice ({one} {first.entry}, in {first.file}): {first.problem}. {first.remedy}"
    such_as = f", such as {first.entry}" if not every or not _alike(those) else ""
    return f"Notice ({len(those)} {many}{such_as}): {first.problem}. {_remedy(first)}"


def _where(those: Sequence[Fault]) -> Iterator[str]:
    if not _alike(those):
        yield from (f"  {each.file}, {each.entry}: {each.problem}" for each in those)
        return
    for file in dict.fromkeys(each.file for each in those):
        yield f"  {file}: {', '.join(each.entry for each in those if each.file == file)}"


def _alike(those: Sequence[Fault]) -> bool:
    """Whether the same is said of all of them."""
    return len({each.problem for each in those}) == 1


def _folder(notice: Fault) -> str:
    return notice.file.partition("/")[0]


def _remedy(notice: Fault) -> str:
    """What to do, for whichever of its kind."""
    return notice.remedy.replace(f" {notice.entry}", " ID")
