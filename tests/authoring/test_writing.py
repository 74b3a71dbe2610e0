"""An edited entry in its file: read back as it was wished, and nothing else of the file is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge.authoring import OWN_WRITER, CaseText, EntryText, difference
from bot.knowledge.authoring.writing import NotWrittenError, read_entries, with_entry, with_new_entry
from bot.knowledge.model import Entry, NotThis
from tests.authoring.world import own
from tests.conftest import KNOWLEDGE

FILES = sorted((KNOWLEDGE / "entries").glob("*.yaml"))
ODD = 'Ask: "first" # not a comment, [or] {so}, – it’s 12:30 & *that* | > % @ ` ? - yes'
KEPT = """\
# What the school says of phones.
entries:
  - id: phones   # never changed
    title: Phones
    ruling: do
    badge: "Lock it away"     # short
    # the head's own words
    answer: >-
      Lock your phone
      away.
    cites: [a-1, a-2]
    phrasings:
      a:
        - "where does my phone go"   # typed
        # heard in the corridor
        - "phone in class
          ok"
    not_this: {"can pupils have phones": outside}

  - {id: bags, title: Bags, ruling: info, badge: Bags, answer: Hang it up., cites: [a-1], phrasings: [where do bags go]}
"""


@pytest.mark.parametrize("one_in", [8, pytest.param(1, marks=pytest.mark.wide)])
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_entry_that_is_shipped_can_be_edited_and_every_other_line_stays(path: object, one_in: int) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    before = read_entries(text, "entries/x.yaml")
    lines = text.splitlines()
    for entry in [*before.values()][::one_in]:
        found = EntryText.of_entry(entry)
        assert with_entry(text, entry.id, found, "entries/x.yaml") == text
        wished = _changed(found)
        made = with_entry(text, entry.id, wished, "entries/x.yaml")
        after = read_entries(made, "entries/x.yaml")
        assert EntryText.of_entry(after[entry.id]) == wished.tidied()
        assert {name: each for name, each in after.items() if name != entry.id} == {
            name: each for name, each in before.items() if name != entry.id
        }
        assert _of_others(after[entry.id]) == _of_others(entry)
        first, last = _block(lines, entry.id)
        new = made.splitlines()
        assert new[:first] == lines[:first]
        assert new[len(new) - (len(lines) - last) :] == lines[last:]


def _changed(found: EntryText) -> EntryText:
    """Something of everything."""
    cases = tuple(replace(case, answer=f"{case.answer} {ODD}", badge="Now") for case in found.cases)
    cites = (*found.cites[1:], "new-1") if len(found.cites) > 1 else found.cites
    return replace(
        found, title=ODD, answer=f"{found.answer} {ODD * 3}", why="", note="A note.", ask="head", cites=cites,
        cases=cases, phrasings=(ODD, "can i now " * 15), not_this=(*found.not_this[1:], NotThis(ODD, "outside")),
    )  # fmt: skip


def _of_others(entry: Entry) -> object:
    return [each for each in (*entry.phrasings, *entry.opposites) if each.writer != OWN_WRITER]


def _block(lines: list[str], name: str) -> tuple[int, int]:
    """The first line of an entry, and the one after its last."""
    first = next(number for number, line in enumerate(lines) if line.split("#")[0].strip() == f"- id: {name}")
    last = next((n for n in range(first + 1, len(lines)) if lines[n].startswith("  - id: ")), len(lines))
    return first, last


def test_what_is_not_changed_keeps_its_comments_quotes_and_breaks() -> None:
    found = EntryText.of_entry(read_entries(KEPT, "x.yaml")["phones"])
    made = with_entry(KEPT, "phones", replace(found, badge="Lock it away now"), "x.yaml")
    assert made == KEPT.replace('"Lock it away"    ', '"Lock it away now"')
    made = with_entry(KEPT, "phones", replace(found, phrasings=("may i",)), "x.yaml")
    assert made == KEPT.replace('          ok"\n', '          ok"\n      own:\n        - "may i"\n')
    made = with_entry(KEPT, "phones", replace(found, note="See the head."), "x.yaml")
    assert made == KEPT.replace("    cites: [a-1", '    note: "See the head."\n    cites: [a-1')


def test_an_entry_in_brackets_is_written_anew_with_the_comments_of_the_others() -> None:
    found = EntryText.of_entry(read_entries(KEPT, "x.yaml")["bags"])
    made = with_entry(KEPT, "bags", replace(found, answer="Hang it on your peg."), "x.yaml")
    assert read_entries(made, "x.yaml")["bags"].answer == "Hang it on your peg."
    assert all(comment in made for comment in ("# never changed", "# the head's own words", "# heard in the corridor"))


def test_a_file_of_another_system_keeps_its_ends_of_lines() -> None:
    text = KEPT.replace("\n", "\r\n")
    found = EntryText.of_entry(read_entries(text, "x.yaml")["phones"])
    made = with_entry(text, "phones", replace(found, answer="Lock it up."), "x.yaml")
    assert made.count("\r\n") == made.count("\n") > 10


def test_a_new_entry_stands_below_the_others() -> None:
    made = with_new_entry(KEPT, "hamsters", own(), "x.yaml")
    assert made.startswith(KEPT)
    assert EntryText.of_entry(read_entries(made, "x.yaml")["hamsters"]) == own().tidied()
    with pytest.raises(NotWrittenError, match="already"):
        with_new_entry(made, "hamsters", own(), "x.yaml")


def test_a_case_that_repeats_the_reason_of_the_entry_follows_it() -> None:
    text = KEPT.replace("    cites: [a-1, a-2]\n", _CASES)
    found = EntryText.of_entry(read_entries(text, "x.yaml")["phones"])
    assert found.cases[0] == CaseText("pupil", "dont", "No phones", "Put it away.")
    made = with_entry(text, "phones", replace(found, why="It rings."), "x.yaml")
    assert EntryText.of_entry(read_entries(made, "x.yaml")["phones"]) == replace(found, why="It rings.")


_CASES = """\
    why: It distracts.
    facts:
      fact: whose
      ask: Whose is it?
      cases:
        - when: pupil
          ruling: dont
          badge: No phones
          answer: Put it away.
          why: It distracts.
    cites: [a-1, a-2]
"""


def test_a_difference_is_told_word_by_word_and_gives_both_texts_back() -> None:
    before = EntryText(title="Phones", answer="Lock your phone away at once.", cites=("a", "b"))
    after = replace(before, answer="Lock your tablet away.", cites=("b", "c"))
    found = {each.field: each.pieces for each in difference(before, after)}
    assert list(found) == ["answer", "cites"]
    for kind, text in (("gone", before.answer), ("new", after.answer)):
        assert "".join(each.text for each in found["answer"] if each.kind in ("same", kind)) == text
    assert [(each.kind, each.text) for each in found["cites"]] == [("gone", "a\n"), ("same", "b\n"), ("new", "c\n")]
    assert difference(before, before) == ()


def test_an_entry_is_edited_whose_other_writers_stand_below_its_own_phrasings() -> None:
    text = KEPT.replace("      a:\n", f'      {OWN_WRITER}:\n        - "may I phone"\n      a:\n')
    found = EntryText.of_entry(read_entries(text, "x")["phones"])
    wished = replace(found, answer="Lock it.", phrasings=("may I phone", "may I ring"))
    made = read_entries(with_entry(text, "phones", wished, "x"), "x")["phones"]
    assert EntryText.of_entry(made) == wished
    assert [each.writer for each in made.phrasings] == [OWN_WRITER, OWN_WRITER, "a", "a"]
