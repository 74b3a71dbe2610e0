"""Whose name a concern is recorded under, and the names of everybody else in it, marked for whoever gives it out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.concerns.chronology import Event
from bot.concerns.model import Adult, Pupil, Report, Reporter
from bot.concerns.naming.names import SHORTEST_PART, found_in, given_name, name_words, plain, untitled
from bot.concerns.naming.traces import subjects_of
from bot.concerns.record import ChildFile, Record

MARK = "[THIRD PARTY: {name}: look before you give this out]"
_ITEM = re.compile(r"[,;\n/&]|\band\b|\bwith\b")
_CAPITALS = re.compile(r"[^\W\d_a-z][\w'’-]*\.?(?: +[^\W\d_a-z][\w'’-]*\.?){0,3}")
_HEAD = Adult(MARK.format(name="the headteacher"), "", None)
# What stands with a capital letter where somebody says who was there, and is nobody's name.
_NOBODY_BY_NAME = frozenset(
    {"nobody", "none", "no one", "others", "other pupils", "staff", "teacher", "children", "pupils"}
)


def is_under(report: Report, files: Iterable[ChildFile], name: str, heads: Sequence[str] = ()) -> bool:
    """Whether a concern is recorded under this name: it is about somebody of that name, or in a file that has it.
    `heads` are the names of the headteacher, which no report holds."""
    about = (*subjects_of(report), *(heads if report.head else ()), *(file.name for file in files))
    return any(has_name(each, name) for each in about)


def has_name(text: str, name: str) -> bool:
    """Whether a name, with or without a title, is what a text says, perhaps among other words."""
    wanted = _bare(name)
    return bool(wanted) and f" {wanted} " in f" {_bare(text)} "


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, but for titles."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def marked(record: Record, name: str, heads: Sequence[str] = ()) -> Record:
    """A record given out for `name`, with the names of everybody else marked as far as they are known. Those of staff
    who only worked on it stay as they are."""
    return _Marking(record.report, name, heads).record(record)


class _Marking:
    def __init__(self, report: Report, name: str, heads: Sequence[str]) -> None:
        self._name, self._head = name, report.head and not any(has_name(each, name) for each in heads)
        named = (*_others(report), *(heads if self._head else ()))
        others = [each for each in named if not has_name(each, name)]
        sure = [each for each in (report.reporter.name, *subjects_of(report)) if not has_name(each, name)]
        self._known, self._others = _pattern(others, sure, name), {_bare(each) for each in others} - {""}

    def record(self, record: Record) -> Record:
        first, *rest = record.events
        report = self._report(record.report)
        first = replace(first, detail=replace(first.detail, report=report))
        files = tuple(replace(each, name=self._other(each.name)) for each in record.files)
        return replace(record, events=tuple(map(self._event, (first, *rest))), files=files)

    def _report(self, report: Report) -> Report:
        return replace(
            report,
            pupils=tuple(map(self._pupil, report.pupils)),
            adult=self._adult(report.adult) if report.adult else _HEAD if self._head else None,
            head=report.head and not (self._head and not report.adult),
            reporter=self._reporter(report.reporter),
            # Whoever was there is somebody else, however they are called.
            present=MARK.format(name=report.present) if report.present else "",
            seen=self._text(report.seen),
            words=self._text(report.words),
            where=self._text(report.where),
            done=self._text(report.done),
            link=self._text(report.link),
        )

    def _event(self, event: Event) -> Event:
        detail = event.detail
        said = replace(
            detail, text=self._text(detail.text), reason=self._text(detail.reason), who=self._actor(detail.who)
        )
        return replace(event, by=replace(event.by, name=self._actor(event.by.name)), detail=said)

    def _pupil(self, pupil: Pupil) -> Pupil:
        whole = ", ".join(filter(None, (pupil.name, pupil.group)))
        return pupil if has_name(pupil.name, self._name) else Pupil(MARK.format(name=whole), "")

    def _adult(self, adult: Adult) -> Adult:
        whole = ", ".join(filter(None, (adult.name, adult.role)))
        return adult if has_name(adult.name, self._name) else replace(adult, name=MARK.format(name=whole), role="")

    def _reporter(self, reporter: Reporter) -> Reporter:
        if has_name(reporter.name, self._name):
            return reporter
        whole = ", ".join(filter(None, (reporter.name, reporter.role)))
        return replace(reporter, name=MARK.format(name=whole), role="") if whole else reporter

    def _other(self, name: str) -> str:
        return name if has_name(name, self._name) else MARK.format(name=name)

    def _actor(self, name: str) -> str:
        # Whole names alone: a colleague may share the surname of whoever logged it.
        return MARK.format(name=name) if _bare(name) in self._others else name

    def _text(self, text: str) -> str:
        if self._known is None:
            return text
        # The same text: only that each letter is in one form, as in the names.
        text, done, parts = unicodedata.normalize("NFC", text), 0, list[str]()
        for start, end in found_in(text, self._known):
            parts += [text[done:start], MARK.format(name=text[start:end])]
            done = end
        return "".join((*parts, text[done:]))


def _others(report: Report) -> Iterator[str]:
    yield report.reporter.name
    yield from subjects_of(report)
    for item in _ITEM.split(report.present):
        # "Max Reed, his brother": somebody's name as far as it has capital letters.
        if (found := _CAPITALS.match(item.strip())) and found[0].casefold() not in _NOBODY_BY_NAME:
            yield found[0]


def _pattern(names: Iterable[str], sure: Iterable[str], subject: str) -> re.Pattern[str] | None:
    """Full names however they are written, parts of them with their capital letter, and the first names of those that
    are surely names also in small letters; none of the subject's own."""
    own, whole, parts = set(name_words(subject)), set[str](), set[str]()
    for name in filter(untitled, names):
        whole |= {r"\s+".join(filter(None, map(_written, each.split()))) for each in (name, untitled(name))}
        capital = (each for each in untitled(name).split() if len(each) >= SHORTEST_PART and each[0].isupper())
        parts |= {_written(each) for each in capital if not own.issuperset(name_words(each))}
    whole |= {_written(first) for each in sure if (first := given_name(each)) and own.isdisjoint(name_words(first))}
    found = [f"(?i:{each})" for each in sorted(whole - {""}, key=len, reverse=True)]
    found += [f"{each[0]}(?i:{each[1:]})" for each in sorted(parts, key=len, reverse=True)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)") if found else None


def _written(word: str) -> str:
    """A pattern for a word of a name in a text of plain letters, with and without its apostrophes."""
    return "'?".join(map(re.escape, plain(word).replace("'", "")))


def _bare(name: str) -> str:
    """A name in small letters, without a title and what stands between its words."""
    return " ".join(name_words(name))
