"""`askfirst approve`: who may approve what, until when, and what is asked before it is written."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from adapters.command import main
from bot.knowledge import KnowledgeError
from bot.knowledge.approvals import FILE
from bot.knowledge.approvals.rules import latest_review, may_approve
from bot.service.approving.files import NotApprovedError
from tests.approvals.giving import CHANGED, Folder
from tests.test_entries import NEW

DSL = ("--by", "Ms Amara Bello", "--role", "dsl")
ONLINE = ("--by", "Mr Ben Ferreira", "--role", "online-safety-lead")
TICKED = {**NEW, "confirm": ["Keys are counted", "Doors are locked"]}


class Command:
    """The command on a folder, with what is typed."""

    def __init__(self, folder: Folder, patch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str]) -> None:
        self._patch, self._out = patch, out
        patch.setenv("ASKFIRST_KNOWLEDGE", str(folder.path))
        patch.setenv("ASKFIRST_DATA", str(folder.path.parent / "data"))

    def __call__(self, *arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        """(its exit status, everything it said)."""
        lines = iter(typed)

        def read(prompt: str = "") -> str:
            print(prompt)
            try:
                return next(lines)
            except StopIteration:
                raise EOFError from None

        self._patch.setattr("builtins.input", read)
        status = main.run_verb(["approve", *arguments])
        shown = self._out.readouterr()
        return status, " ".join((shown.out + shown.err).split())


@pytest.fixture
def approve(begun: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(begun, monkeypatch, capsys)


def test_it_shows_the_words_and_the_clauses_and_asks(begun: Folder, approve: Command) -> None:
    status, said = approve("trip-phone", *DSL, typed=("y",))
    entry = begun.load().entries["trip-phone"]
    clause = begun.load().clauses[entry.cites[0]]
    assert status == 0
    for part in (entry.title, entry.badge, entry.answer, entry.why, entry.instead, clause.text, clause.document.title):
        assert " ".join(part.split()) in said
    assert "Ms Amara Bello, do you approve these words?" in said
    assert all(tip.text in said for tip in begun.load().tips if tip.entry == "trip-phone")
    assert "not part of what you approve" in said
    assert (entry.approved_by, entry.approved_role) == ("Ms Amara Bello", "dsl")
    assert "1 answer is approved" in said and "are not, and not served" in said


@pytest.mark.parametrize("typed", ["n", "", "perhaps"])
def test_whoever_does_not_say_yes_has_approved_nothing(begun: Folder, approve: Command, typed: str) -> None:
    status, said = approve("trip-phone", *DSL, typed=(typed,))
    assert (status, "Nothing was approved." in said) == (1, True)
    assert not begun.approvals.exists()


def test_what_was_approved_before_somebody_stopped_stays(begun: Folder, approve: Command) -> None:
    status, said = approve("trip-phone", "award-badge", *DSL, typed=("y",))
    assert (status, "Stopped." in said, "1 answer is approved" in said) == (1, True, True)
    knowledge = begun.load()
    assert knowledge.entries["trip-phone"].approved_by and knowledge.entries["award-badge"].withheld


def test_the_file_can_be_read_by_whoever_runs_the_server(begun: Folder, approve: Command) -> None:
    approve("trip-phone", *DSL, "--yes")
    assert stat.S_IMODE(begun.approvals.stat().st_mode) == 0o644
    assert [path.name for path in begun.path.iterdir() if path.suffix == ".new"] == []


def test_what_must_be_true_of_the_school_is_ticked_one_by_one(begun: Folder, approve: Command) -> None:
    begun.write(TICKED)
    status, said = approve("lend-keys", *DSL, typed=("y", "n", "y"))
    assert (status, begun.approvals.exists()) == (1, False)
    assert "True of your school: Keys are counted?" in said and "True of your school: Doors are locked?" in said
    assert approve("lend-keys", *DSL, typed=("y", "y", "y"))[0] == 0
    given = begun.load().approvals
    assert given and given.given["lend-keys"].confirmed == ("Keys are counted", "Doors are locked")


def test_nothing_is_ticked_by_yes_alone(begun: Folder, approve: Command) -> None:
    begun.write(TICKED)
    status, said = approve("lend-keys", *DSL, "--yes")
    assert (status, "lend-keys: it was not confirmed that this is so at your school" in said) == (1, True)
    assert approve("lend-keys", *DSL, "--yes", "--confirm")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("danger-999", *ONLINE), "danger-999 is approved by one of: dsl, head"),
        (("--all", *ONLINE), "is approved by one of: dsl, head"),
        (("trip-phone", "--by", "Mr Somebody", "--role", "dsl"), "does not hold the role 'dsl'"),
        (("trip-phone", "--by", "Ms Amara Bello", "--role", "business-manager"), "Nobody holds it"),
        (("trip-phone",), "Say who approves"),
        (("trip-fone", *DSL), "There is no entry 'trip-fone'. Did you mean: trip-phone"),
        (("trip-phone", *DSL, "--on", "2199-01-01"), "2199-01-01 is still to come"),
        (("danger-999", *DSL, "--on", "2026-09-01", "--review-by", "2027-09-01"), "and by 2027-08-31"),
        (("trip-phone", *DSL, "--on", "2026-09-01", "--review-by", "2027-09-02"), "and by 2027-09-01"),
        (("trip-phone", *DSL, "--on", "2026-09-01", "--review-by", "2026-09-01"), "after 2026-09-01"),
        (("--withdraw",), "Name the entries whose approval is to be taken back"),
        (("--withdraw", "--all"), "Name the entries whose approval is to be taken back"),
        (("--withdraw", "trip-phone"), "Nobody has approved 'trip-phone'"),
    ],
)
def test_what_may_not_be_approved_is_refused_and_nothing_is_written(
    begun: Folder, approve: Command, arguments: tuple[str, ...], said: str
) -> None:
    status, told = approve(*arguments, "--yes")
    assert (status, said in told, "nothing was approved or taken back" in told) == (1, True, True)
    assert not begun.approvals.exists()


def test_an_entry_on_hold_is_not_approved(begun: Folder, approve: Command) -> None:
    begun.write({**NEW, "hold": True})
    for who in ((), (*DSL, "--yes")):
        status, said = approve("lend-keys", *who)
        assert (status, "lend-keys is on hold: a named person is to check its words first" in said) == (1, True)
        assert "Keep your keys with you, and ask {site} for more." in said, "whoever checks it reads it there"
        assert begun.load().clauses["kent-17"].text in said and not begun.approvals.exists()
    with pytest.raises(NotApprovedError, match="on hold"):
        begun.approve(["lend-keys"])
    waits = approve()[1]
    assert "askfirst approve ENTRY shows the words): lend-keys" in waits
    assert "lend-keys" not in waits.partition("Not approved, and not served:")[2].partition("On hold")[0]
    assert approve("--all", *DSL, "--yes", "--confirm")[0] == 0
    approvals = begun.load().approvals
    assert approvals and "lend-keys" not in approvals.given


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        ("2026-08-30", "2026-08-31"),
        ("2026-08-31", "2027-08-31"),
        ("2026-09-01", "2027-08-31"),
        ("2028-02-29", "2028-08-31"),
    ],
)
def test_safeguarding_is_approved_until_the_next_end_of_august(begun: Folder, on: str, latest: str) -> None:
    entry = begun.load().entries["danger-999"]
    assert latest_review(entry, dt.date.fromisoformat(on)) == dt.date.fromisoformat(latest)
    assert may_approve(entry) == ("dsl", "head")


def test_everything_else_for_a_year_at_most(begun: Folder) -> None:
    entry = begun.load().entries["award-badge"]
    assert latest_review(entry, dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)
    assert "online-safety-lead" in may_approve(entry)


def test_an_approval_is_taken_back(begun: Folder, approve: Command) -> None:
    approve("trip-phone", "award-badge", *DSL, "--yes")
    assert approve("--withdraw", "trip-phone")[0] == 0
    assert begun.load().entries["trip-phone"].withheld
    assert not begun.load().entries["award-badge"].withheld


def test_without_entries_it_says_what_waits(begun: Folder, approve: Command) -> None:
    said = approve()[1]
    assert said.startswith(f"Approvals: {FILE} is missing: nothing is approved, and no answer is served. Put it back")
    assert 'Read one and approve it: askfirst approve danger-999 --by "NAME" --role ROLE' in said
    begun.approvals.write_text("approvals: []\n", encoding="utf-8")
    assert approve()[1].startswith("Approvals: nothing is approved yet, and no answer is served. Begin with: ")
    approve("trip-phone", *DSL, "--yes")
    begun.change_words()
    said = approve()[1]
    assert "Approve these first: danger-999, " in said
    assert "Not approved, and not served:" in said and "Changed since they were approved: trip-phone" in said


def test_what_is_for_another_nation_does_not_wait(begun: Folder, approve: Command) -> None:
    begun.write({**NEW, "nations": ["Scotland"]})
    assert "lend-keys" not in approve()[1]
    begun.write(NEW)
    assert "lend-keys" in approve()[1]


def test_what_is_approved_are_the_words_that_were_shown(begun: Folder, approve: Command) -> None:
    """Whoever edits the file while somebody reads has not slipped other words under their name."""
    shown = begun.load().entries["trip-phone"].answer

    def edited_meanwhile(prompt: str = "") -> str:
        begun.change_words()
        return "y"

    approve._patch.setattr("builtins.input", edited_meanwhile)
    assert main.run_verb(["approve", "trip-phone", *DSL]) == 0
    assert begun.load().entries["trip-phone"].answer == shown
    assert CHANGED in begun.load().waiting["trip-phone"].answer


def test_forged_words_are_put_right_by_approving_and_only_there(begun: Folder, approve: Command) -> None:
    approve("trip-phone", "award-badge", *DSL, "--yes")
    title = begun.load().entries["trip-phone"].title
    begun.edit(FILE, f"title: {title}", "title: Forged")
    with pytest.raises(KnowledgeError, match="trip-phone"):
        begun.load()
    status, said = approve("award-badge", *DSL, "--yes")
    assert (status, f"{FILE} > trip-phone > words" in said) == (1, True)
    assert approve("trip-phone", *DSL, "--yes")[0] == 0
    assert begun.load().entries["trip-phone"].title == title


def test_made_up_approvals_and_real_ones_do_not_go_together(begun: Folder, approve: Command) -> None:
    assert approve("--all", *DSL, "--made-up", "--yes", "--confirm")[0] == 0
    status, said = approve("trip-phone", *DSL, "--yes")
    assert (status, "begin with askfirst adopt" in said) == (1, True)
    assert approve("--all", *DSL, "--yes", "--confirm")[0] == 0  # each of them anew: none that is made up is left
    approvals = begun.load().approvals
    assert approvals and not approvals.made_up
    assert approve("award-badge", *DSL, "--yes", "--made-up")[0] == 1


def test_all_of_them_are_asked_for_once_and_again_when_they_have_changed(begun: Folder, approve: Command) -> None:
    approve("--all", *DSL, "--yes", "--confirm")
    assert "do you approve" not in approve("--all", *DSL)[1]
    begun.change_words()
    status, said = approve("--all", *DSL, typed=("y",))
    assert (status, said.count("do you approve"), CHANGED in said) == (0, 1, True)


def test_what_others_approved_stays_under_their_name(begun: Folder, approve: Command) -> None:
    approve("award-badge", *ONLINE, "--yes")
    approve("trip-phone", *DSL, "--yes")
    assert begun.load().entries["award-badge"].approved_by == "Mr Ben Ferreira"


def test_two_at_once_lose_neither(begun: Folder, approve: Command) -> None:
    aside = begun.path / f".{FILE}.new"
    aside.touch()
    status, said = approve("trip-phone", *DSL, "--yes")
    assert (status, f"Somebody else is writing approvals.yaml, or {aside} was left behind" in said) == (1, True)
    assert aside.exists()


def test_a_file_that_cannot_be_written_is_said(begun: Folder, tmp_path: Path) -> None:
    from bot.knowledge import Approvals
    from bot.service.approving.files import write_approvals

    with pytest.raises(NotApprovedError, match="cannot be written"):
        write_approvals(tmp_path / "nowhere", Approvals)
