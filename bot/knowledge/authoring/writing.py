"""The text of a file of entries + what an author wrote -> the same file with that in it. Pure.

Every other entry, and everything of this one that is not changed, stays byte for byte where each field stands on lines
of its own; a file in brackets is written anew by ruamel.yaml, which keeps comments and order. What comes out is read
back before it is given out: exactly this entry is what was wished, and every other one is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from ruamel.yaml.comments import CommentedMap

from bot.knowledge.authoring import layout
from bot.knowledge.authoring.changing import PARAGRAPHS, changes_to, flat, text_change, texts_list, with_own
from bot.knowledge.authoring.draft import OWN_WRITER, EntryText
from bot.knowledge.authoring.layout import Fields, LayoutError, Splice
from bot.knowledge.entries import read_entry
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.model import Entry

_ORDER = (
    "id", "title", "ruling", "badge", "answer", "why", "instead", "facts", "ask", "note", "cites", "related", "nations",
    "confirm", "was", "rare", "hold", "phrasings", "opposites", "not_this",
)  # fmt: skip
_IN_CASE = ("when", "ruling", "badge", "answer", "why", "instead")


Fill = Callable[[Any], Any]  # a raw entry -> the same with what the school's policy answers in its places


def as_it_is(item: Any) -> Any:
    """Nothing is filled."""
    return item


class NotWrittenError(Exception):
    """The entry could not be written so that it is read back as it was wished; the text says what to do."""


def read_entries(text: str, file: str, fill: Fill = as_it_is) -> dict[str, Entry]:
    """The entries of a file by id, filled, whatever rules they break. Raises yaml.YAMLError for what is no YAML."""
    data, _ = parse(text)
    items = data.get("entries") if isinstance(data, Mapping) else None
    faults = Faults()
    found = [read_entry(YamlFields(faults, file, "", fill(item)), faults, file) for item in items or () if item]
    return {entry.id: entry for entry in found}


def with_entry(text: str, id_: str, wished: EntryText, file: str, fill: Fill = as_it_is) -> str:
    """The file with this entry, once it is filled, as it is wished; the very same text where it is so already. What is
    not changed keeps its places. Raises NotWrittenError."""
    before = _read(text, file, fill)
    if id_ not in before:
        raise NotWrittenError(f"There is no entry '{id_}' in {file} any more")
    wished, had = wished.tidied(), EntryText.of_entry(before[id_])
    if wished == had:
        return text
    if [case.value for case in wished.cases] != [case.value for case in had.cases]:
        raise NotWrittenError(f"Which cases '{id_}' has is changed in {file} by hand")
    return _first_proved(text, id_, had, wished, before, file, fill)


def with_new_entry(text: str, id_: str, wished: EntryText, file: str, fill: Fill = as_it_is) -> str:
    """The file with one more entry at its end. Raises NotWrittenError."""
    before = _read(text, file, fill)
    if id_ in before:
        raise NotWrittenError(f"There is an entry '{id_}' in {file} already")
    return _first_proved(text, id_, None, wished.tidied(), before, file, fill)


def _read(text: str, file: str, fill: Fill) -> dict[str, Entry]:
    try:
        return read_entries(text, file, fill)
    except yaml.YAMLError:
        raise NotWrittenError(f"{file} cannot be read. Mend it first: askfirst check says where") from None


def _first_proved(
    text: str, id_: str, had: EntryText | None, wished: EntryText, before: Mapping[str, Entry], file: str, fill: Fill
) -> str:
    """Field by field, or else the whole file anew; whichever is read back as it was wished."""
    for write in (_by_lines, _anew):
        try:
            made = write(text, id_, had, wished)
            if _is_right(read_entries(made, file, fill), before, id_, wished):
                return made
        except (LayoutError, yaml.YAMLError, IndexError, KeyError, TypeError, AttributeError):
            continue  # laid out as nobody foresaw: the other way, or nothing, is written
    raise NotWrittenError(f"{file} is laid out so that it cannot be changed here. Change '{id_}' in the file by hand")


def _is_right(after: Mapping[str, Entry], before: Mapping[str, Entry], id_: str, wished: EntryText) -> bool:
    if id_ not in after or list(after) != [*before, *([] if id_ in before else [id_])]:
        return False
    others = all(after[name] == entry for name, entry in before.items() if name != id_)
    there = after[id_]
    kept = wished.in_entry(before[id_]) if id_ in before else there
    # Only how texts are broken into lines may differ from what was there: that is read as spaces everywhere.
    same = replace(kept, **{name: getattr(there, name) for name in (*PARAGRAPHS, "title", "badge", "facts")})
    return others and EntryText.of_entry(there) == wished and there == replace(same, not_this=there.not_this,
        cites=there.cites, confirm=there.confirm)  # fmt: skip


def _by_lines(text: str, id_: str, had: EntryText | None, wished: EntryText) -> str:
    lines = layout.lines_of(text)
    items = layout.value_of(layout.composed(text), "entries")
    if items is None or items.flow_style or not items.value:
        raise LayoutError
    if had is None:
        return layout.spliced(lines, [_appended(lines, items, id_, wished)])
    ends = [item.start_mark.line for item in items.value[1:]] + [len(lines)]
    item, end = next(
        (each, end)
        for each, end in zip(items.value, ends, strict=True)
        if getattr(layout.value_of(each, "id"), "value", "") == id_
    )
    return layout.spliced(lines, _splices(Fields(lines, item, end, _ORDER), had, wished))


def _splices(fields: Fields, had: EntryText, wished: EntryText) -> list[Splice]:
    """What is to be done in the lines of one entry."""
    changes = {
        name: change for name, change in changes_to(wished).items() if getattr(had, name) != getattr(wished, name)
    }
    splices = fields.changed(changes)
    facts = layout.value_of(fields.node, "facts")
    if facts is not None and _said_in_facts(had) != _said_in_facts(wished):
        span = fields.span("facts")
        splices += _in_facts(fields.lines, facts, span[1] if span else fields.end, had, wished)
    for name in ("phrasings", "opposites"):
        if getattr(had, name) != getattr(wished, name):
            splices += _own_texts(fields, name, getattr(wished, name))
    return splices


def _said_in_facts(text: EntryText) -> tuple[object, ...]:
    """What the cases rest on; they may repeat the entry's own `why` and `instead`."""
    return text.fact_ask, text.cases, text.why, text.instead


def _in_facts(lines: Sequence[str], facts: Any, end: int, had: EntryText, wished: EntryText) -> list[Splice]:
    outer = Fields(lines, facts, end, ("fact", "ask", "cases"))
    asked_anew = had.fact_ask != wished.fact_ask
    splices = outer.changed({"ask": text_change("ask_back", wished.fact_ask)}) if asked_anew else []
    items = layout.value_of(facts, "cases").value
    last = outer.span("cases")
    ends = [item.start_mark.line for item in items[1:]] + [last[1] if last else end]
    for item, number, end_of in zip(items, range(len(wished.cases)), ends, strict=True):
        changes = {name: text_change(name, text) for name, text in _of_case(item, number, had, wished).items()}
        splices += Fields(lines, item, end_of, _IN_CASE).changed(changes) if changes else []
    return splices


def _of_case(item: Any, number: int, had: EntryText, wished: EntryText) -> dict[str, str]:
    """The fields of a case that have to change. One that repeats the entry's own words goes when those change."""
    found, was, case = {}, had.cases[number], wished.cases[number]
    for name in _IN_CASE[1:]:
        there, wanted = flat(getattr(layout.value_of(item, name), "value", "") or ""), getattr(case, name)
        inherited_anew = not wanted and getattr(had, name) != getattr(wished, name)
        same = wanted == getattr(was, name) and not inherited_anew
        if not same and there != wanted and not (not wanted and there == getattr(wished, name)):
            found[name] = wanted
    return found


def _own_texts(fields: Fields, name: str, texts: tuple[str, ...]) -> list[Splice]:
    """The texts of the workbench's own writer, beside those of others."""
    node, span = layout.value_of(fields.node, name), fields.span(name)
    if span and isinstance(node, yaml.MappingNode) and not node.flow_style and len(node.value):
        own = Fields(fields.lines, node, span[1], ())
        only = [key.value for key, _ in node.value] == [OWN_WRITER]
        if texts or not only:
            return own.changed({OWN_WRITER: lambda _: texts_list(texts)})
    return fields.changed({name: lambda there: with_own(there, texts)})


def _as_data(id_: str, wished: EntryText) -> CommentedMap:
    """A whole new entry."""
    made = CommentedMap(id=id_)
    changes = changes_to(wished)
    for name in _ORDER[1:]:
        value = with_own(None, getattr(wished, name)) if name in ("phrasings", "opposites") else None
        value = changes[name](None) if name in changes else value
        if value is not None:
            made[name] = value
    return made


def _appended(lines: list[str], items: Any, id_: str, wished: EntryText) -> Splice:
    """A new entry below the last one, indented as that is."""
    column = items.value[-1].start_mark.column
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    pad, made = " " * column, layout.dumped(_as_data(id_, wished), column).splitlines()
    dash = " " * (column - 2) + "- "
    if column < 2:
        raise LayoutError
    apart = (ending,) if lines[-1].strip() else ()
    rest = tuple(f"{pad}{line}".rstrip() + ending for line in made[1:])
    return Splice(len(lines), len(lines), (*apart, f"{dash}{made[0]}{ending}", *rest))


def _anew(text: str, id_: str, had: EntryText | None, wished: EntryText) -> str:
    """The whole file through ruamel."""
    data = layout.read_block(text)
    if had is None:
        data["entries"].append(_as_data(id_, wished))
        return layout.dumped(data, 0)
    item = next(each for each in data["entries"] if each.get("id") == id_)
    for name, change in changes_to(wished).items():
        if getattr(had, name) != getattr(wished, name):
            _put(item, name, change(item.get(name)))
    for name in ("phrasings", "opposites"):
        if getattr(had, name) != getattr(wished, name):
            _put(item, name, with_own(item.get(name), getattr(wished, name)))
    if wished.cases:
        if had.fact_ask != wished.fact_ask:
            _put(item["facts"], "ask", text_change("ask_back", wished.fact_ask)(None))
        for there, was, case in zip(item["facts"]["cases"], had.cases, wished.cases, strict=True):
            for name in _IN_CASE[1:]:
                if flat(str(there.get(name) or "")) != getattr(case, name) != getattr(was, name):
                    _put(there, name, text_change(name, getattr(case, name))(None))
    return layout.dumped(data, 0)


def _put(there: Any, name: str, value: Any) -> None:
    if value is None:
        there.pop(name, None)
    else:
        there[name] = value
