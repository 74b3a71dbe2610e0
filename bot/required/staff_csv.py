"""The list of staff as an office exports it (CSV) -> people, or what is wrong with it, line by line. Pure.

Exports differ: with commas, semicolons or tabs, with a mark at their beginning, names in one column or two, columns
that nobody asked for. Where a line cannot be used the whole list is refused, for whoever is missing from it counts as
having left.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import AskFirstError
from bot.knowledge.schools.contacts import wrong_email

MOST = 5_000  # lines: more is no list of a school's staff
LONGEST = 120  # characters of a field
_MOST_NAMED = 20  # lines that are named of those with a fault
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "staffname", "displayname", "employeename", "preferredname", "staffmember"),
    "first": ("forename", "firstname", "givenname", "preferredforename", "legalforename", "chosenname"),
    "last": ("surname", "lastname", "familyname", "preferredsurname", "legalsurname"),
    "title": ("title", "salutation", "prefix"),
    "email": ("email", "emailaddress", "workemail", "mail", "primaryemail", "workemailaddress", "schoolemail"),
    "role": ("role", "jobtitle", "post", "position", "staffrole", "job", "postheld"),
    "team": ("team", "department", "dept", "faculty", "group", "keystage", "subject", "area"),
}
_OF_HEADING = {written: field for field, all_ in _HEADINGS.items() for written in all_}
_LETTERS_BEHIND = frozenset("ba bsc bed ma msc med mba phd pgce qts mbe obe".split())  # a name
_QUOTED = re.compile('["„“«‚‘]([^"„“”«»]+)["“”»‘’]')
_ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True)
class ListedPerson:
    """Somebody as a line of the list names them."""

    line: int
    name: str
    email: str
    role: str = ""
    team: str = ""


class StaffListError(AskFirstError):
    """The list was refused, and nothing was changed. `faults` are (line, what is wrong and what to do); line 0 is the
    whole of it."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        lines = [f"line {line}: {what}" if line else what for line, what in self.faults[:_MOST_NAMED]]
        more = len(self.faults) - _MOST_NAMED
        super().__init__(
            "\n  ".join(("the list was not taken, and nothing was changed:", *lines))
            + (f"\n  and {more} more" if more > 0 else "")
        )


def read_staff(content: bytes) -> tuple[ListedPerson, ...]:
    """The bytes of the file -> the people in it, in its order. Raises StaffListError with every line that is wrong."""
    text = _decoded(content)
    rows = list(_rows(text, _delimiter(text)))
    if not rows:
        raise StaffListError([(0, "the file is empty. Export the list once more")])
    if len(rows) > MOST:
        raise StaffListError([(0, f"it has {len(rows)} lines. Export the staff of the school alone")])
    (line, heading), *others = rows
    columns = _columns(line, heading)
    faults: list[tuple[int, str]] = []
    found = [person for number, row in others if (person := _person(number, row, columns, len(heading), faults))]
    faults += _twice(found)
    if faults:
        raise StaffListError(sorted(faults))
    if not found:
        raise StaffListError([(0, "nobody is in it but the headings. Export the list once more")])
    return tuple(found)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _as(content, "utf-16")
    if b"\0" in content:
        raise StaffListError([(0, "it is no CSV file. Open the list in a spreadsheet, and save it as CSV")])
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise StaffListError([(0, "its letters cannot be read. Save it as CSV in UTF-8")]) from None


def _delimiter(text: str) -> str:
    """What parts the headings: the first line that says anything decides."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: _outside_quotes(first).count(mark))


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of each row that says anything; the line is where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    line = 1
    try:
        for row in reader:
            fields = [" ".join(field.split()) for field in row]
            if any(fields):
                yield line, fields
            line = reader.line_num + 1
    except csv.Error:
        raise StaffListError([(line, "it cannot be read as CSV. Look for a quote that is not closed")]) from None


def _columns(line: int, heading: Sequence[str]) -> Mapping[str, int]:
    """Which column is which. The first of two with one meaning counts. Raises StaffListError where one is missing."""
    found: dict[str, int] = {}
    for place, written in enumerate(heading):
        if field := _OF_HEADING.get(re.sub(r"[^a-z]", "", written.casefold())):
            found.setdefault(field, place)
    missing = []
    if "name" not in found and not {"first", "last"} <= set(found):
        missing.append("name (or forename and surname)")
    if "email" not in found:
        missing.append("e-mail")
    if missing:
        there = ", ".join(filter(None, heading))
        raise StaffListError([(line, f"no column is headed {' and none '.join(missing)}. The headings are: {there}")])
    return found


def _person(
    line: int, row: Sequence[str], columns: Mapping[str, int], width: int, faults: list[tuple[int, str]]
) -> ListedPerson | None:
    if any(row[width:]):
        faults.append((line, "it has more fields than headings. Put a field that holds a comma or semicolon in quotes"))
        return None
    given = {field: row[place] if place < len(row) else "" for field, place in columns.items()}
    name = given.get("name") or " ".join(filter(None, map(given.get, ("title", "first", "last"))))
    if columns.get("name") is None and not (given["first"] and given["last"]):
        name = ""
    name = _as_spoken(name)
    email, role, team = given["email"], given.get("role", ""), given.get("team", "")
    wrong = list(_wrong(name, email, (name, email, role, team)))
    faults += [(line, each) for each in wrong]
    return None if wrong else ListedPerson(line, name, email, role, team)


def _as_spoken(name: str) -> str:
    """ "Hart, Sam" as Sam Hart, without quotation marks of any country."""
    quoted = _QUOTED.fullmatch(name)
    bare = quoted[1].strip() if quoted else name
    last, comma, first = (part.strip() for part in bare.partition(","))
    turned = comma and last and first and "," not in first and first.casefold() not in _LETTERS_BEHIND
    return f"{first} {last}" if turned else bare


def _wrong(name: str, email: str, fields: Sequence[str]) -> Iterator[str]:
    if not name:
        yield "the name is missing. Fill it in, or take the line out"
    if not email:
        yield "the e-mail address is missing. Fill it in: it is how somebody is told from others"
    elif problem := wrong_email(email):
        yield f"{problem}. Write it as j.smith@school.example"
    if any(len(field) > LONGEST for field in fields):
        yield f"a field has more than {LONGEST} characters. Shorten it"


def _twice(found: Sequence[ListedPerson]) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for each in found:
        before = first.setdefault(each.email.casefold(), each.line)
        if before != each.line:
            yield each.line, f"{each.email} stands on line {before} already. Keep one of the two lines"
