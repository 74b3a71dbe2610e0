"""`askfirst policy`: a document put in, held back, looked over, held against the answers, and its next edition."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.command import main
from adapters.command.policy_near import near_lines
from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, load
from bot.knowledge.approvals.standing import reviews
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.policies.editions import first_edition
from bot.knowledge.policies.importing.clauses import ImportedClause
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.policies.own_reading import read_own
from bot.knowledge.policies.own_text import own_text
from bot.service.policy_reading.near import near, on_nothing_of_ours, tick_of, unanswered
from bot.store import open_store
from tests.conftest import KEY, NOW
from tests.make_base import small_base
from tests.policies import making

DSL = ("--by", "Ms Amara Bello", "--role", "dsl")
DAY = NOW.date()


class Desk:
    """The command on a folder of its own, with a file to put in."""

    def __init__(self, folder: Path, out: pytest.CaptureFixture[str]) -> None:
        self.folder, self._out = folder, out

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """(its exit status, everything it said)."""
        status = main.run_verb(["policy", *arguments])
        shown = self._out.readouterr()
        return status, " ".join((shown.out + shown.err).split())

    def file(self, markdown: str, name: str = "social-media.md") -> str:
        path = self.folder.parent / name
        path.write_text(markdown, encoding="utf-8")
        return str(path)

    def load(self) -> Knowledge:
        return load(self.folder)

    def cite(self, entry: str, clause: str) -> None:
        """Let an entry rest on a clause of the school's own too, in its file and in what was approved."""
        for path in (*(self.folder / "entries").glob("*.yaml"), self.folder / "approvals.yaml"):
            text = path.read_text(encoding="utf-8")
            start = text.find(f"id: {entry}\n") if "entries" in str(path) else -1
            if start >= 0:
                cites = re.compile(r"(cites: \[)").search(text, start)
                assert cites
                path.write_text(f"{text[: cites.end()]}{clause}, {text[cites.end() :]}", encoding="utf-8")

    def audit(self) -> list[tuple[str, str]]:
        store = open_store(f"sqlite:///{self.folder.parent / 'data' / 'askfirst.db'}", (KEY,), self.folder / "no.key")
        try:
            return [(line.kind, line.remark) for line in store.audit("fernbank").lines()]
        finally:
            store.close()


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    folder = tmp_path / "knowledge"
    shutil.copytree(small_base(), folder)
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder))
    monkeypatch.setenv("ASKFIRST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ASKFIRST_KEYS", KEY)
    monkeypatch.setenv("ASKFIRST_MODEL", "none")
    return Desk(folder, capsys)


def test_a_document_is_taken_in_and_looked_over(policy: Desk) -> None:
    status, said = policy("add", policy.file(making.MARKDOWN))
    assert status == 0
    assert "Taken in as 'social-media': 7 clauses" in said
    own = policy.load().own["social-media"]
    assert [(each.own_text, each.lead) for each in own.clauses] == making.CLAUSES
    _, said = policy("look", "social-media")
    clause = "social-media-02 Social media policy > What staff do [not marked yet]"
    assert f"{clause} {making.LEAD} {making.ITEMS[0]}" in said
    assert "Not marked yet: 7" in said
    assert policy("look")[1].startswith("social-media: Social media policy")


def test_answers_can_rest_on_a_clause_once_its_force_is_marked(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))
    assert "social-media-02" not in policy.load().clauses
    status, said = policy("mark", "social-media-02:social-media-04", "--force", "must")
    assert (status, said.count("[must]")) == (0, 3)
    clause = policy.load().clauses["social-media-03"]
    assert (clause.force, clause.where) == ("must", "What staff do")
    assert clause.text == "Staff must: ask before they post a picture of a pupil;"
    assert clause.document.title == "Social media policy"


def test_what_is_shown_only_is_not_kept(policy: Desk) -> None:
    status, said = policy("add", policy.file(making.MARKDOWN), "--show")
    assert (status, making.LAST in said) == (0, True)
    assert policy.load().own == {}


def test_clauses_are_split_joined_and_left_out(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))
    assert "social-media-08" in policy("split", "social-media-01", "paid or not")[1]
    policy("join", "social-media-05")
    policy("leave-out", "social-media-01", "social-media-08")
    own = policy.load().own["social-media"]
    assert [each.id for each in own.clauses if not each.left_out] == [
        f"social-media-0{number}" for number in (2, 3, 4, 5, 7)
    ]  # fmt: skip
    status, said = policy("split", "social-media-02", "nowhere")
    assert (status, "nothing was changed" in said) == (1, True)


def test_a_document_that_names_people_is_held_back_until_somebody_says_why_it_may_be_used(policy: Desk) -> None:
    file = policy.file(f"{making.MARKDOWN}\nAsk Mrs Joan Tupper on 07700 900123.\n")
    status, said = policy("add", file)
    assert status == 1
    assert "a name that is not in school.yaml: Mrs Joan Tupper" in said
    assert "held back, and nothing was taken in" in said
    assert policy.load().own == {}
    why = ("--may-be-used-because", "She is the office, and staff have her number")
    assert "give all three" in policy("add", file, *why)[1]
    assert "does not hold the role" in policy("add", file, *why, "--by", "Somebody", "--role", "dsl")[1]
    assert "Say in a sentence" in policy("add", file, "--may-be-used-because", "ok", *DSL)[1]
    assert policy.load().own == {}
    status, _ = policy("add", file, *why, *DSL)
    assert status == 0
    let_in = policy.load().own["social-media"].let_in
    assert let_in and (let_in.by, let_in.because) == (DSL[1], why[1])
    [(_, remark)] = [each for each in policy.audit() if each[0] == "policy-let-in"]
    assert "as dsl, 1 name, 1 number" in remark
    assert "Tupper" not in remark


def test_what_looks_like_a_record_about_a_child_is_let_in_by_the_dsl_or_the_head_alone(policy: Desk) -> None:
    file = policy.file(f"{making.MARKDOWN}\nChild's name: Tom. Date of birth: 03/04/2015\n")
    why = ("--may-be-used-because", "The form shows how it is filled in")
    said = policy("add", file, *why, "--by", "Ms Amara Bello", "--role", "data-protection-lead")[1]
    assert "It is let in by one of: head, dsl" in said
    assert policy("add", file, *why, *DSL)[0] == 0


def test_the_same_document_is_not_taken_in_twice(policy: Desk) -> None:
    file = policy.file(making.MARKDOWN)
    policy("add", file)
    assert "Is this its new edition: --edition-of social-media" in policy("add", file)[1]
    assert "This very file was taken in already" in policy("add", file, "--id", "another")[1]
    assert "This very file is the edition that is there" in policy("add", file, "--edition-of", "social-media")[1]


def test_an_id_that_a_shipped_document_has_is_refused(policy: Desk) -> None:
    assert "There is a document 'kcsie' already" in policy("add", policy.file(making.MARKDOWN), "--id", "kcsie")[1]


def test_a_document_without_a_rule_is_refused(policy: Desk) -> None:
    assert "no rule was found in it" in policy("add", policy.file("# Phones\n\nVersion 1\n"))[1]


def test_a_new_edition_says_what_changed_and_which_answers_are_to_be_read_again(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))
    policy("mark", "social-media-02", "--force", "must")
    entry = next(each for each in policy.load().entries.values() if each.reviewed and len(each.cites) < 4)
    policy.cite(entry.id, "social-media-02")
    approve = ["approve", entry.id, "--by", entry.approved_by, "--role", entry.approved_role, "--yes", "--confirm"]
    assert main.run_verb([*approve, "--made-up", "--on", "2026-09-02"]) == 0
    assert not policy.load().entries[entry.id].policy_changed
    changed = making.MARKDOWN.replace("off their own accounts", "and parents off their own accounts")
    shorter = changed.replace("* tell the DSL of any contact.\n", "")
    status, said = policy("add", policy.file(shorter), "--edition-of", "social-media")
    assert status == 0
    assert "1 changed, 1 gone, 5 the same" in said
    assert "keep pupils {+and parents+} off their own accounts;" in said
    assert f"{entry.id}: {entry.title}" in said
    knowledge = policy.load()
    served, today = knowledge.entries[entry.id], dt.datetime.now(dt.UTC).date()
    assert served.policy_changed and served.is_due(today)
    assert entry.id in {each.entry.id for each in reviews(knowledge, today) if each.overdue}
    assert not served.withheld
    assert len(list((policy.folder / "policies" / "own" / "former").glob("*.yaml"))) == 1
    assert main.run_verb([*approve, "--made-up"]) == 0  # somebody has read it again
    assert policy.load().entries[entry.id].policy_changed is None


def test_an_approval_of_the_day_of_an_edition_hides_it_only_where_it_was_read_against_it(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))
    policy("mark", "social-media-02", "--force", "must")
    entry = next(each for each in policy.load().entries.values() if each.reviewed and len(each.cites) < 4)
    policy.cite(entry.id, "social-media-02")

    def is_marked_after(approved: bool, changed: str) -> bool:
        by = ("--by", entry.approved_by, "--role", entry.approved_role, "--yes", "--confirm", "--made-up")
        if approved:
            assert main.run_verb(["approve", entry.id, *by]) == 0
        if changed:
            text = making.MARKDOWN.replace("off their own accounts", changed)
            assert policy("add", policy.file(text), "--edition-of", "social-media")[0] == 0
        return policy.load().entries[entry.id].policy_changed is not None

    assert is_marked_after(approved=True, changed="and parents off their own accounts")
    assert not is_marked_after(approved=True, changed=""), "it was read again, on the same day"
    assert is_marked_after(approved=False, changed="and anybody else off their own accounts")
    assert not is_marked_after(approved=True, changed="")


def test_a_file_that_somebody_damaged_is_named_with_its_fault(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))
    path = policy.folder / "policies" / "own" / "social-media.yaml"
    path.write_text(path.read_text("utf-8").replace("id: social-media-02", "id: other-02"), encoding="utf-8")
    assert "policies/own/social-media.yaml > other-02 > id" in policy("look")[1]


def _own(*rules: str) -> OwnDocument:
    clauses = first_edition("ours", [ImportedClause(rule, ("Rules",)) for rule in rules])
    return OwnDocument("ours", "Our rules", "1", "", "England", "ours.md", "d" * 64, DAY, clauses)


def _with(base: Base, own: OwnDocument) -> Base:
    return replace(base, knowledge=replace(base.knowledge, own={own.id: own}))


def test_the_answers_near_a_clause_stand_beside_it_and_what_nothing_answers_is_named(base: Base) -> None:
    own = _own(
        "Never add a pupil as a friend on social media.", "The minibus is washed on the first Friday of a month."
    )
    found = near(_with(base, own), own)
    assert "friend-pupil" in {each.entry.id for each in found[0].near}
    assert [each.id for each in unanswered(base.knowledge, found)] == ["ours-02"]
    lines = "\n".join(near_lines(_with(base, own), own))
    assert "friend-pupil: " in lines
    assert "[not ticked]" in lines
    assert "Clauses that nothing answers: ours-02." in lines


def test_a_tick_stands_beside_both_until_one_of_them_is_changed(base: Base) -> None:
    own, entry = _own("Never add a pupil as a friend on social media."), base.knowledge.entries["friend-pupil"]
    given = tick_of(base.knowledge.school, own.clauses[0], entry, True, "Ms Amara Bello", "dsl", DAY)
    ticked = replace(own, clauses=(replace(own.clauses[0], ticks=(given,)),))
    [beside] = [each for each in near(_with(base, ticked), ticked)[0].near if each.entry.id == entry.id]
    assert beside.tick == given
    assert entry not in on_nothing_of_ours(_with(base, ticked).knowledge)
    assert entry in on_nothing_of_ours(_with(base, own).knowledge)
    changed = replace(ticked, clauses=(replace(ticked.clauses[0], pieces=("Always add a pupil as a friend.",)),))
    [beside] = [each for each in near(_with(base, changed), changed)[0].near if each.entry.id == entry.id]
    assert (beside.tick, beside.before) == (None, given), "that it was said of other words is not lost"
    assert f"[agrees, {given.by} on {given.on}, changed since: tick it again]" in "\n".join(
        near_lines(_with(base, changed), changed)
    )


def test_answers_that_have_nothing_to_do_with_a_clause_leave_it_unanswered(base: Base) -> None:
    own = _own("Never add a pupil as a friend on social media.")
    clause, school = own.clauses[0], base.knowledge.school
    ticked = own
    while True:  # each that is put aside makes room for the next one
        found = near(_with(base, ticked), ticked)
        waiting = [each.entry for each in found[0].near if not each.tick]
        if not waiting:
            break
        assert not unanswered(base.knowledge, found)
        given = tuple(tick_of(school, clause, each, False, "Ms Amara Bello", "dsl", DAY, True) for each in waiting)
        ticked = replace(own, clauses=(replace(clause, ticks=(*ticked.clauses[0].ticks, *given)),))
    assert unanswered(base.knowledge, found) == ticked.clauses
    assert read_own("own", YamlFields(Faults(), "own", "", parse(own_text(ticked))[0]), Faults()) == ticked
    again = replace(ticked, clauses=(replace(ticked.clauses[0], pieces=("Never befriend a pupil.",)),))
    assert all(each.tick is None for each in near(_with(base, again), again)[0].near)


def test_ticking_takes_somebody_who_holds_the_role(policy: Desk) -> None:
    policy("add", policy.file(making.MARKDOWN))

    def tick(*who: str, entry: str = "friend-pupil") -> tuple[int, str]:
        return policy("tick", "social-media-02", entry, "--agrees", *who)

    assert "does not hold the role" in tick("--by", "Somebody", "--role", "dsl")[1]
    assert "friend-pupil agrees with social-media-02" in tick(*DSL)[1]
    assert "There is no answer 'nothing'" in tick(*DSL, entry="nothing")[1]
    [said] = policy.load().own["social-media"].clause("social-media-02").ticks  # type: ignore[union-attr]
    assert (said.entry, said.agrees, said.by) == ("friend-pupil", True, DSL[1])
