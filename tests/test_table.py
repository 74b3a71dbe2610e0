"""`askfirst check --table`: what is answered, and on what it rests, as a table to read and to paste elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from adapters.command.table_lines import table_lines
from bot.answering.topics import entries_of, topics_of
from bot.knowledge import Knowledge
from tests.test_cli import run

WIDTH = 5


def rows(knowledge: Knowledge) -> list[list[str]]:
    """The cells of every row below the headings."""
    lines = [line for line in table_lines(knowledge) if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def test_topics_and_entries_stand_as_on_the_topics_page(knowledge: Knowledge) -> None:
    found = rows(knowledge)
    topics = topics_of(knowledge)
    assert [row[0] for row in found if row[0]] == [topic.title for topic in topics]
    expected = [f"`{entry.id}`" for topic in topics for entry in entries_of(knowledge, topic.id)]
    assert [row[1] for row in found if row[1]] == expected


def test_each_clause_of_an_entry_has_a_row_with_its_document_and_paragraph(knowledge: Knowledge) -> None:
    found = rows(knowledge)
    assert {len(row) for row in found} == {WIDTH}
    start = next(number for number, row in enumerate(found) if row[1] == "`friend-ex-pupil`")
    entry = knowledge.entries["friend-ex-pupil"]
    assert found[start][2] == entry.title
    for row, clause in zip(found[start:], entry.cites, strict=False):
        cited = knowledge.clauses[clause]
        assert row[3] == f"`{clause}`" and cited.document.title in row[4] and row[4].endswith(cited.where)


def test_a_bar_or_a_line_break_in_a_title_does_not_break_the_table(knowledge: Knowledge) -> None:
    entry = replace(knowledge.entries["friend-ex-pupil"], title="Friends | and\nex-pupils")
    changed = replace(knowledge, entries={**knowledge.entries, entry.id: entry})
    assert r"Friends \| and ex-pupils" in {row[2] for row in rows(changed)}
    assert {len(row) for row in rows(changed)} == {WIDTH}


def test_what_is_not_served_here_is_named_below(knowledge: Knowledge) -> None:
    entry = replace(knowledge.entries["friend-ex-pupil"], hold=True)
    changed = replace(knowledge, entries={**knowledge.entries, entry.id: entry})
    last = list(table_lines(changed))[-1]
    assert last.startswith("Not served here, so under no topic: ") and entry.id in last


def test_it_is_printed_without_learning_anything(tmp_path: Path) -> None:
    done = run("check", "--table", cwd=tmp_path, ASKFIRST_DATA=str(tmp_path / "nothing"))
    assert done.returncode == 0 and not (tmp_path / "nothing").exists()
    assert done.stdout.startswith(b"| Topic | Entry | Title | Clause | Document and paragraph |\n| --- |")


def test_a_table_and_an_object_at_once_are_refused_in_a_sentence(tmp_path: Path) -> None:
    done = run("check", "--table", "--json", cwd=tmp_path)
    assert done.returncode == 2 and b"not allowed with argument" in done.stderr


def test_a_folder_with_a_fault_has_no_table(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("check", "--table", "empty", cwd=tmp_path)
    assert (
        (done.returncode, done.stdout) == (1, b"") and b"0 entries" in done.stderr and b"Traceback" not in done.stderr
    )
