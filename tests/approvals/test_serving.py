"""What is served are the words that somebody approved, and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.replies import MADE_UP
from adapters.console.chat import render
from adapters.slack import replies as slack
from adapters.teams import replies as teams
from adapters.web.pages import Pages
from bot.answering.answers import answer_with
from bot.answering.checking import notices
from bot.answering.commands import carry_out
from bot.answering.dialogue import Base
from bot.answering.topics import topics_of
from bot.knowledge import Approval, Approvals, Knowledge, KnowledgeError
from bot.knowledge.approvals import FILE, digest_of, words_of
from bot.knowledge.approvals.reading import read_approvals
from bot.knowledge.approvals.text import as_text
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.messages import Focus, Reply
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from bot.tips import Plan, Timetable
from bot.understanding.fitting import learned_key
from tests.approvals.giving import CHANGED, DSL, PHONE, Folder, asked
from tests.conftest import NOW, SCHOOL
from tests.make_base import small_cache
from tests.test_entries import NEW, SAID


def faults_of(folder: Folder) -> str:
    with pytest.raises(KnowledgeError) as caught:
        folder.load()
    return str(caught.value)


def said_of(knowledge: Knowledge, entry: str, now: dt.datetime = NOW) -> list[str]:
    found = notices(knowledge, now.date())
    return [each.problem for each in found if each.entry == entry and each.field in ("approval", "review_by")]


# --- what is served


def test_approved_words_are_served_with_who_approved_them(folder: Folder, base: Base) -> None:
    answer = asked(base.understanding, folder.load()).answer
    assert answer and answer.entry == "trip-phone"
    assert (answer.approved_by, answer.approved_role) == ("Ms Amara Bello", "Designated Safeguarding Lead")
    assert (answer.reviewed, answer.review_by) == ("2026-09-01", "2027-09-01")


def test_a_word_changed_by_hand_is_not_served_until_it_is_approved(folder: Folder, base: Base) -> None:
    before = asked(base.understanding, folder.load()).answer
    folder.change_words()
    knowledge = folder.load()
    assert asked(base.understanding, knowledge).answer == before
    assert any("changed since it was approved, and waits" in said for said in said_of(knowledge, "trip-phone"))
    folder.approve(["trip-phone"])
    after = asked(base.understanding, folder.load()).answer
    assert after and CHANGED in after.answer
    assert said_of(folder.load(), "trip-phone") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Lending keys to others"},
        {"ruling": "not-advised"},
        {"badge": "Better not lend your keys"},
        {"answer": "Keep your keys with you at night."},
        {"why": "Doors."},
        {"instead": "Ring {head}."},
        {"note": "This is old."},
        {"ask": "head"},
        {"cites": ["kent-16"]},
        {"nations": ["England"]},
        {"confirm": ["Keys are counted"]},
        {"facts": {"fact": "nation", "cases": [{"when": "England", **SAID}]}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_every_part_that_staff_can_see_is_bound(begun: Folder, fields: dict[str, object]) -> None:
    begun.write(NEW)
    begun.approve(["lend-keys"])
    shown = begun.load().entries["lend-keys"]
    begun.write({**NEW, **fields})
    knowledge = begun.load()
    assert list(knowledge.waiting) == ["lend-keys"]
    assert words_of(knowledge.entries["lend-keys"]) == words_of(shown)


def test_every_word_of_a_case_is_bound_and_served_as_approved(folder: Folder) -> None:
    before = folder.load().entries["friend-ex-pupil"]
    assert before.facts
    folder.edit(before.file, before.facts.cases[0].answer.split(",")[0], "Changed here")
    knowledge = folder.load()
    assert knowledge.entries["friend-ex-pupil"].facts == before.facts
    assert "friend-ex-pupil" in knowledge.waiting


def test_how_an_entry_is_found_needs_no_approval(folder: Folder) -> None:
    entry = folder.load().entries["trip-phone"]
    folder.edit(entry.file, entry.phrasings[0].text, "which telephone do we take along")
    knowledge = folder.load()
    assert not knowledge.waiting
    assert "which telephone do we take along" in knowledge.entries["trip-phone"].texts


def test_an_answer_that_nobody_approved_is_not_served_and_a_person_is_named(begun: Folder, base: Base) -> None:
    begun.approve(["award-badge"])
    reply = asked(base.understanding, begun.load())
    assert (reply.kind, reply.answer) == ("no-answer", None)
    assert "is written, but it is not approved for use at this school now" in reply.text
    assert reply.contact and reply.ask
    assert "nobody here has approved it, and it is not served" in said_of(begun.load(), "trip-phone")


def test_what_is_not_approved_is_in_no_topic_no_choice_and_no_tip(begun: Folder, base: Base) -> None:
    begun.approve(["award-badge"])
    knowledge = begun.load()
    assert len(topics_of(knowledge)) == 1
    left_out = Plan(knowledge, Timetable(knowledge.school, knowledge.themes)).left_out(NOW.date())
    reasons = {tip.entry: reason for tip, reason in left_out}
    assert reasons["trip-phone"] == "nobody has approved its answer 'trip-phone' yet"
    assert "award-badge" not in reasons


def test_where_nothing_is_approved_topics_name_a_person_and_concerns_are_heard(begun: Folder, base: Base) -> None:
    begun.approvals.write_text("approvals: []\n", encoding="utf-8")
    knowledge = begun.load()
    topics = carry_out(knowledge, "topics", NOW)
    assert topics.contact and not topics.offers
    assert carry_out(knowledge, "who-is-dsl", NOW).people
    assert asked(base.understanding, knowledge, "a boy in my class told me his dad hits him").kind == "handover"


def test_what_the_file_of_an_entry_says_of_an_approval_approves_nothing(begun: Folder) -> None:
    file = begun.load().entries["trip-phone"].file
    signed = "  - id: trip-phone\n    approved_by: Head\n    reviewed: 2026-09-01\n    review_by: 2027-08-31\n"
    begun.edit(file, "  - id: trip-phone\n", signed)
    for field in ("approved_by", "reviewed", "review_by"):
        assert f"trip-phone > {field}: approves nothing here" in faults_of(begun)


def test_what_is_on_hold_stays_on_hold_whoever_approved_it(folder: Folder, base: Base) -> None:
    folder.edit(
        folder.load().entries["trip-phone"].file, "  - id: trip-phone\n", "  - id: trip-phone\n    hold: true\n"
    )
    assert "is being checked" in asked(base.understanding, folder.load()).text


def test_approved_words_that_rest_on_what_is_on_hold_alone_are_on_hold_whatever_the_file_rests_on_now(
    begun: Folder, base: Base
) -> None:
    begun.write({**NEW, "cites": ["kent-16"]})
    begun.approve(["lend-keys"])
    clauses = next(path for path in (begun.path / "policies").iterdir() if "id: kent-16," in path.read_text("utf-8"))
    begun.edit(f"policies/{clauses.name}", "id: kent-16,", "id: kent-16, hold: true,")
    assert begun.load().entries["lend-keys"].hold
    begun.write({**NEW, "cites": ["kent-17"]})
    knowledge = begun.load()
    assert knowledge.entries["lend-keys"].cites == ("kent-16",)
    assert not knowledge.entries["lend-keys"].served_in("England")


def test_an_overdue_answer_stays_served_and_says_since_when(folder: Folder, base: Base) -> None:
    later = NOW.replace(year=2027, month=11)
    reply = asked(base.understanding, folder.load(), PHONE, later)
    assert reply.answer and reply.answer.due_for_review
    for shown in drawn(reply).values():
        assert "Due for review since 1 September 2027." in shown
    assert said_of(folder.load(), "trip-phone", later) == ["it was due for review on 2027-09-01"]


def test_an_answer_whose_policy_has_changed_stays_served_and_every_channel_says_so(folder: Folder, base: Base) -> None:
    knowledge = folder.load()
    changed = {"trip-phone": replace(knowledge.entries["trip-phone"], policy_changed=NOW.date())}
    reply = asked(base.understanding, replace(knowledge, entries={**knowledge.entries, **changed}), PHONE, NOW)
    assert reply.answer
    for shown in drawn(reply).values():
        assert "The policy has changed. This answer is being read again." in shown
        assert reply.answer.answer in shown and "Due for review" not in shown


# --- what each channel shows


def drawn(reply: Reply) -> dict[str, str]:
    assert reply.answer
    return {
        "terminal": " ".join(render(reply).split()),
        "page": Pages().reply(reply, "token"),
        "Slack": str(slack.render(reply)),
        "Slack's sources": str(slack.sources_view(reply.answer)) + str(slack.render(reply)),
        "Teams": str(teams.render(reply).content),
    }


@pytest.mark.parametrize("focus", ["wording", "why", "sources"])
def test_every_channel_shows_who_approved_an_answer_and_when(folder: Folder, base: Base, focus: Focus) -> None:
    reply = replace(asked(base.understanding, folder.load()), focus=focus)
    for channel, shown in drawn(reply).items():
        assert "Approved by Ms Amara Bello, Designated Safeguarding Lead, on 1 September 2026." in shown, channel
        assert MADE_UP not in shown, channel


def test_every_channel_says_that_an_approval_is_made_up(begun: Folder, base: Base) -> None:
    begun.approve(signature=replace(DSL, made_up=True))
    for channel, shown in drawn(asked(base.understanding, begun.load())).items():
        assert "on 1 September 2026 (made up for the demo school)." in shown, channel


def test_somebody_who_left_is_named_with_the_role_that_they_had(folder: Folder) -> None:
    folder.edit("school.yaml", "name: Ms Amara Bello", "name: Mr New Person")
    knowledge = folder.load()
    answer = answer_with(knowledge, knowledge.entries["trip-phone"], {}, NOW)
    assert answer.approved_by == "Ms Amara Bello"
    assert "safeguarding lead" in answer.approved_role.lower()


# --- what is refused


def test_words_that_do_not_fit_their_digest_are_refused_by_name(folder: Folder) -> None:
    entry = folder.load().entries["trip-phone"]
    folder.edit(FILE, entry.answer.split(". ")[0][:40], "Ring whom you like, from any")
    said = faults_of(folder)
    assert f"{FILE} > trip-phone > words: are not those that were approved" in said
    assert "askfirst approve trip-phone" in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("role: dsl", "role: office", "'office' is not known"),
        ("role: dsl", "role: business-manager", "danger-999 > role: 'business-manager' may not approve this entry"),
        ("review_by: '2027-08-31'", "review_by: '2028-08-31'", "is after 2027-08-31"),
        ("review_by: '2027-09-01'", "review_by: '2029-09-01'", "is after 2027-09-01"),
        ("review_by: '2027-09-01'", "review_by: '2026-09-01'", "is not after 'on'"),
        ("  by: Ms Amara Bello\n", "", "by: is missing"),
        ("- entry: award-badge\n", "- entry: trip-phone\n", "trip-phone > entry: stands twice"),
        ("  words:\n", "  words:\n    extra: word\n", "extra: is not a field that AskFirst knows"),
    ],
)
def test_an_approval_that_nobody_could_give_is_refused(folder: Folder, before: str, after: str, said: str) -> None:
    folder.edit(FILE, before, after)
    assert said in faults_of(folder)


def test_what_was_not_ticked_is_not_approved(begun: Folder) -> None:
    file = begun.load().entries["trip-phone"].file
    begun.edit(file, "  - id: trip-phone\n", "  - id: trip-phone\n    confirm: [We own a phone]\n")
    begun.approve(["trip-phone"])
    assert begun.load().entries["trip-phone"].approved_by
    begun.edit(FILE, "  confirmed:\n  - We own a phone\n", "")
    assert "'We own a phone' was not ticked" in faults_of(begun)


def test_approved_words_whose_clause_is_gone_are_a_fault(folder: Folder) -> None:
    """They cannot be served without what they rest on."""
    entry = folder.load().entries["award-badge"]
    folder.edit(FILE, f"    - {entry.cites[0]}\n", "    - long-gone\n")
    text = folder.approvals.read_text(encoding="utf-8")
    digest = digest_of({**words_of(entry), "cites": ["long-gone", *entry.cites[1:]]})
    folder.approvals.write_text(text.replace(digest_of(words_of(entry)), digest), encoding="utf-8")
    assert f"{FILE} > award-badge > cites: there is no clause 'long-gone'" in faults_of(folder)


def test_an_approval_for_an_entry_that_is_gone_is_a_notice(begun: Folder) -> None:
    begun.write(NEW)
    begun.approve(["lend-keys", "award-badge"])
    (begun.path / "entries" / "keys.yaml").unlink()
    knowledge = begun.load()
    assert said_of(knowledge, "lend-keys") == ["it is for an answer that is not there any more"]
    assert not knowledge.entries["award-badge"].withheld


# --- what goes on


def test_at_night_an_answer_that_is_not_served_says_who_answers_then(begun: Folder, base: Base) -> None:
    by_day, at_night = (
        asked(base.understanding, begun.load(), now=now).text for now in (NOW, NOW.replace(hour=23))
    )  # fmt: skip
    assert "it is not approved for use at this school now" in by_day and "shut now" not in by_day
    assert at_night.startswith(by_day) and "The school is shut now" in at_night
    assert "ring The emergency duty team on 020 7946 0130" in at_night and "ring 999 first" in at_night


def test_approvals_change_nothing_that_is_learned(begun: Folder) -> None:
    before = begun.load()
    begun.approve()
    begun.edit(FILE, "approvals:\n", "# read by nobody\napprovals:\n")
    after = begun.load()
    assert learned_key(after.as_written(), None) == learned_key(before.as_written(), None)
    assert after.fingerprint != before.fingerprint
    begun.change_words()
    changed = begun.load()
    assert CHANGED in changed.as_written().entries["trip-phone"].answer
    assert CHANGED not in changed.entries["trip-phone"].answer


def test_a_server_follows_approvals_as_it_follows_every_other_file(begun: Folder, tmp_path: Path, base: Base) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(small_cache())
    given = {"ASKFIRST_DATA": str(data), "ASKFIRST_KNOWLEDGE": str(begun.path), "ASKFIRST_MODEL": "none"}
    live = LiveBase(read_settings(given))
    assert asked(live.current().understanding, live.current().knowledge).answer is None
    begun.approve(["award-badge"])
    assert live.refresh()
    assert asked(live.current().understanding, live.current().knowledge).answer is None
    begun.approve(["trip-phone"])
    assert live.refresh()
    answer = asked(live.current().understanding, live.current().knowledge).answer
    assert answer and answer.approved_by == "Ms Amara Bello"


_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip)


@given(title=_TEXT, answer=_TEXT, confirm=st.lists(_TEXT, max_size=2), name=_TEXT)
def test_whatever_is_approved_is_read_back_as_it_was(
    base: Base, title: str, answer: str, confirm: list[str], name: str
) -> None:
    entry = replace(base.knowledge.entries["award-badge"], title=title, answer=answer, confirm=tuple(confirm))
    words = words_of(entry)
    approval = Approval(
        "award-badge", digest_of(words), words, " ".join(name.split()) or "x", "dsl", DSL.on, dt.date(2027, 8, 31),
        tuple(words.get("confirm", ())),
    )  # fmt: skip
    faults = Faults()
    data, _ = parse(as_text(Approvals({"award-badge": approval})))
    read = read_approvals(YamlFields(faults, FILE, "", data), faults)
    assert faults.found == [] or "curly quotes" in str(faults.found[0])
    assert read.given["award-badge"].words == words


def test_the_demo_school_has_approved_every_answer_and_says_that_it_is_made_up(knowledge: Knowledge) -> None:
    """Where the answers have changed, CONTRIBUTING.md has the command that makes them anew."""
    assert knowledge.school.id == SCHOOL
    assert knowledge.approvals and knowledge.approvals.made_up
    lacking = [each.id for each in knowledge.entries.values() if each.withheld and not each.hold]
    assert (lacking, list(knowledge.waiting)) == ([], [])
