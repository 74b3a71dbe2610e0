"""An entry in its present form: what is read, what is refused, what stays to be done, and what staff see of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from adapters.chat.replies import badge_of, read_aloud
from adapters.command.notice_lines import notice_lines
from adapters.console.chat import render
from adapters.slack import replies as slack
from adapters.teams import replies as teams
from adapters.web.pages import Pages
from bot.answering.answers import answer_with
from bot.answering.checking import notices
from bot.answering.dialogue import Base, ask_once, respond
from bot.answering.outcome import outcome_of
from bot.answering.topics import entries_of, holder_of, topics_of, whom_to_ask
from bot.answering.turns import Conversation, answered
from bot.answering.wordings import in_words
from bot.knowledge import Entry, Knowledge, KnowledgeError, School, load
from bot.knowledge.entries.rules import LONGEST_BADGE, is_bare
from bot.knowledge.schools.model import NATIONS, ROLES
from bot.messages import RULINGS, Focus, Message, Reply, Ruling
from bot.presses import GiveFact, GiveFeedback, PickEntry
from bot.service.assistant import Assistant
from bot.store import Finished, Store
from bot.understanding.fitting import learned_key
from bot.understanding.matcher import examples
from tests.conftest import NOW, SCHOOL
from tests.make_base import make_base, small_base

Written = Callable[..., Path]
_TEXTS = [f"may I lend my own keys to colleague number {number}" for number in range(48)]
NEW: dict[str, Any] = {
    "id": "lend-keys",
    "title": "Lending your keys",
    "ruling": "dont",
    "badge": "Don't lend your keys",
    "answer": "Keep your keys with you, and ask {site} for more. {dsl} can help at night.",
    "why": "Whoever holds them can open every door.",
    "instead": "Ring {office}.",
    "ask": "site",
    "cites": ["kent-17"],
    "nations": ["England", "Wales"],
    "confirm": ["Keys are signed for"],
    "was": ["keys-old", "keys-older"],
    "phrasings": {letter: _TEXTS[number::6] for number, letter in enumerate("abcdef")},
    "opposites": {"a": [f"must I keep my keys to myself on day {number}" for number in range(6)]},
    "not_this": {
        "where do I sign for new keys": "outside",
        "can I give out the phone number of a colleague": "trip-phone",
        "who has the key of the minibus": "outside",
        "can I leave the login to my account with a colleague": "outside",
    },
}

SAID = {"ruling": "dont", "badge": "Don't lend them", "answer": "Keep them."}


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The small base with a file of one more entry: NEW, but for these fields (None: left out)."""

    def write(**fields: object) -> Path:
        folder = tmp_path / "knowledge"
        shutil.copytree(small_base(), folder, dirs_exist_ok=True)
        entry = {key: value for key, value in {**NEW, **fields}.items() if value is not None}
        text = yaml.safe_dump({"entries": [entry]}, allow_unicode=True, sort_keys=False)
        (folder / "entries" / "keys.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def told(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return str(caught.value)


# --- reading


def test_every_field_is_read(written: Written) -> None:
    entry = load(written()).entries["lend-keys"]
    assert (entry.ruling, entry.badge, entry.ask, entry.nations) == (
        "dont", "Don't lend your keys", "site", ("England", "Wales"),
    )  # fmt: skip
    assert (entry.confirm, entry.was) == (("Keys are signed for",), ("keys-old", "keys-older"))
    assert {each.writer for each in entry.phrasings} == set("abcdef")
    assert len(entry.texts) == 48 + 6
    assert [each.target for each in entry.not_this] == ["outside", "trip-phone", "outside", "outside"]
    assert not entry.approved_by


def test_opposites_are_learned_as_their_entrys_own_and_look_alikes_as_of_where_they_belong(written: Written) -> None:
    learned = {each.text: each.label for each in examples(load(written()))}
    assert learned["must I keep my keys to myself on day 0"] == learned[_TEXTS[0]] == "lend-keys"
    belongs = {text: "(outside) office" if target == "outside" else target for text, target in NEW["not_this"].items()}
    assert {text: learned[text] for text in belongs} == belongs


def test_another_wording_of_an_answer_is_learned_without_learning_anew(written: Written) -> None:
    before = learned_key(load(written(), approved=False), None)
    other = {"badge": "Keep your keys", "answer": "Keep them.", "why": "Keys get lost.", "instead": "Ask {office}."}
    assert learned_key(load(written(**other), approved=False), None) == before
    assert (
        learned_key(load(written(opposites={"a": ["surely my keys are mine to lend"]}), approved=False), None) != before
    )


def test_what_no_entry_answers_stands_under_whom_to_ask_by_writer_or_not(written: Written) -> None:
    folder = written()
    path = folder / "outside.yaml"
    rest = path.read_text(encoding="utf-8").partition("smalltalk:")[2]
    lists = 'outside:\n  site:\n    a: ["the tap drips"]\n  union: ["are we on strike"]\n'
    path.write_text(f"{lists}smalltalk:{rest}", encoding="utf-8")
    learned = {(each.text, each.label, each.writer) for each in examples(load(folder)) if "(outside)" in each.label}
    assert {("the tap drips", "(outside) site", "a"), ("are we on strike", "(outside) union", None)} <= learned
    path.write_text(f'outside:\n  caretaker: ["the tap drips"]\nsmalltalk:{rest}', encoding="utf-8")
    with pytest.raises(KnowledgeError, match="caretaker: is not a field"):
        load(folder)


def test_a_plain_list_of_phrasings_is_the_first_editions(written: Written) -> None:
    entry = load(written(phrasings=_TEXTS)).entries["lend-keys"]
    assert {each.writer for each in entry.phrasings} == {"z"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ruling": "no"}, "ruling: 'no' is not known. Use one of: do, dont, may"),
        ({"ruling": None}, "ruling: is missing"),
        ({"badge": None}, "badge: is missing"),
        ({"badge": "Don't lend your keys to anybody at all, whoever they are and whatever for"}, "characters"),
        ({"badge": "No, don't lend them"}, "badge: begins with Yes or No"),
        ({"badge": "Ring {dsl}"}, "badge: holds braces"),
        ({"answer": "No. Keep them."}, "answer: begins with Yes or No"),
        ({"answer": "Yes, keep them."}, "answer: begins with Yes or No"),
        ({"answer": "Ask {caretaker}."}, "'{caretaker}' stands for nobody"),
        ({"answer": "keep " * 91}, "the wording has"),
        ({"cites": ["kent-17", "kent-16", "kent-15", "kent-14", "kent-13", "kent-12"]}, "has 6 clauses"),
        ({"ask": "caretaker"}, "ask: 'caretaker' is nobody who can be asked"),
        ({"nations": ["Britain"]}, "nations: 'Britain' is not known"),
        ({"not_this": {"can I?": "nowhere"}}, "there is no entry 'nowhere'"),
        ({"not_this": {"can I?": "lend-keys"}}, "leads to this very entry"),
        ({"phrasings": {"A": ["x"]}}, "'A' is no name of a writer"),
        ({"phrasings": {"a": "x"}}, "phrasings > a: is not a list"),
        ({"was": ["trip-phone"]}, "was: 'trip-phone' is an entry of its own"),
        ({"verdict": "no"}, "verdict: is not a field that AskFirst knows"),
        ({"ruling": "depends"}, "the ruling is 'depends' but nothing is asked"),
        ({"facts": {"fact": "nation", "ask": "Where are you?", "cases": [{"when": "Wales", **SAID}]}}, "is asked for"),
        ({"facts": {"fact": "nation", "cases": [{"when": "Kent", **SAID}]}}, "the unknown nation 'Kent'"),
        ({"facts": {"fact": "colour", "cases": [{"when": "red", **SAID}]}}, "there is no fact 'colour'"),
        ({"review_by": "2027-08-31"}, "review_by: approves nothing here"),
        ({"approved_by": "Head"}, "approved_by: approves nothing here"),
    ],
)
def test_what_breaks_a_rule_is_a_fault(written: Written, fields: dict[str, object], said: str) -> None:
    assert said in told(written(**fields))


def test_an_old_id_belongs_to_one_entry_alone(written: Written) -> None:
    folder = written()
    path = folder / "entries" / "keys.yaml"
    again = {**NEW, "id": "lend-keys-too", "was": ["keys-old"], "phrasings": ["x"], "opposites": [], "not_this": {}}
    path.write_text(yaml.safe_dump({"entries": [NEW, again]}), encoding="utf-8")
    assert "was: 'keys-old' stands under 'lend-keys' too" in told(folder)


def test_no_need_may_begin_a_badge(written: Written) -> None:
    assert load(written(badge="No need to lend them", ruling="no-need")).entries["lend-keys"].ruling == "no-need"


# --- notices


def lacking(knowledge: Knowledge) -> set[str]:
    return {f"{each.field}: {each.problem}" for each in notices(knowledge, NOW.date()) if each.entry == "lend-keys"}


def test_a_complete_entry_has_no_notice(written: Written) -> None:
    assert lacking(load(written(), approved=False)) == set()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"phrasings": {letter: _TEXTS[number:36:6] for number, letter in enumerate("abcdef")}},
            "phrasings: it has too few phrasings (36)",
        ),
        (
            {"phrasings": {letter: _TEXTS[number::3] for number, letter in enumerate("abc")}},
            "phrasings: its phrasings are by 3 writers alone",
        ),
        (
            {"phrasings": {"a": _TEXTS[:40], **{x: [f"keys {x}"] for x in "bcdef"}}},
            "more than a third of its phrasings is by writer a",
        ),
        ({"opposites": None}, "opposites: it has too few opposites (0)"),
        ({"not_this": {"who?": "outside"}}, "not_this: it has too few look-alikes (1)"),
    ],
)
def test_what_an_entry_lacks_is_a_notice(written: Written, fields: dict[str, object], said: str) -> None:
    assert any(said in each for each in lacking(load(written(**fields))))


def test_what_is_rarely_asked_needs_fewer(written: Written) -> None:
    some = {letter: _TEXTS[number:30:6] for number, letter in enumerate("abcdef")}
    assert lacking(load(written(phrasings=some, rare="true"), approved=False)) == set()


# --- merged


def test_ids_that_were_merged_lead_to_the_entry_that_took_them(written: Written) -> None:
    folder = written(was=["keys-old", "keys-older"])
    tips = folder / "tips.yaml"
    tips.write_text(tips.read_text() + '  - {id: tip-keys, entry: keys-old, text: "Keep your keys."}\n')
    other = {
        **NEW,
        "id": "find-keys",
        "was": [],
        "related": ["keys-old", "lend-keys", "keys-older"],
        "phrasings": ["y"],
    }
    other |= {"opposites": [], "not_this": {"may I lend my keys": "keys-older"}}
    (folder / "entries" / "more.yaml").write_text(yaml.safe_dump({"entries": [other]}), encoding="utf-8")
    knowledge = load(folder)
    assert knowledge.find("keys-older") is knowledge.entries["lend-keys"]
    assert knowledge.tips[-1].entry == "lend-keys"
    assert knowledge.entries["find-keys"].related == ("lend-keys",)
    assert knowledge.entries["find-keys"].not_this[0].target == "lend-keys"


def merged(base: Base) -> Base:
    """The base as if `trip-phone` had taken an entry, and another with a fact had taken one too."""
    known = {"keys-old": "trip-phone", "ex-old": "friend-ex-pupil"}
    return replace(base, knowledge=replace(base.knowledge, merged=known))


def test_old_buttons_and_conversations_go_on_with_the_entry_that_took_theirs(base: Base) -> None:
    there = merged(base)
    pressed = respond(there, Conversation(), Message("", "one", PickEntry("keys-old")), NOW)
    assert pressed.reply.entry == "trip-phone"
    fact = GiveFact("ex-old", "leaver-age", "19-or-over")
    assert respond(there, Conversation(), Message("", "one", fact), NOW).reply.answer is not None
    state = Conversation("keys-old", until=NOW.replace(hour=23))
    assert respond(there, state, Message("why?", "one"), NOW).reply.entry == "trip-phone"


def test_counts_and_gaps_of_old_buttons_are_kept_under_the_entry_that_took_them(base: Base, store: Store) -> None:
    assistant = Assistant(lambda: merged(base), store)
    assistant.handle(Message("whose phone should pupils ring on a trip?", "one"), NOW)
    assistant.handle(Message("", "one", GiveFeedback("keys-old", helped=False)), NOW)
    talk = store.talk(SCHOOL)
    assert [gap.entry for gap in talk.gaps()] == ["trip-phone"]
    assert {tally.entry for tally in talk.tallies(NOW.date())} == {"trip-phone"}


def test_figures_add_up_what_was_counted_under_an_old_id(base: Base, store: Store) -> None:
    from bot.service.figures import figures_of

    for entry in ("keys-old", "trip-phone", "trip-phone", "long-gone"):
        store.talk(SCHOOL).finish_turn("c", Finished(Conversation(), entry=entry), NOW)
    tallies = store.talk(SCHOOL).tallies(NOW.date())
    titles = {"keys-old": "Phones on trips", "trip-phone": "Phones on trips"}
    shown = figures_of((), tallies, (), titles, base.knowledge.school.opening.zone, NOW)
    assert [(each.label, each.count) for each in shown.asked] == [("Phones on trips", 3)]


# --- what staff see


def wordings(entry: Entry) -> Iterator[tuple[str, str]]:
    """Badge and answer, of the entry and of each of its cases."""
    yield entry.badge, entry.answer
    yield from ((case.badge, case.answer) for case in (entry.facts.cases if entry.facts else ()))


def test_no_badge_and_no_answer_begins_with_yes_or_no(knowledge: Knowledge) -> None:
    said = [text for entry in knowledge.entries.values() for pair in wordings(entry) for text in pair]
    assert len(said) > 500
    assert [text for text in said if re.match(r"\W*(yes|no)\b(?! need)", text, re.I)] == []
    assert all(0 < len(badge) <= LONGEST_BADGE for entry in knowledge.entries.values() for badge, _ in wordings(entry))


@pytest.mark.parametrize("text", ["Yes", "no", "Yes, if asked", "No. Don't", "NO!", "“No” is the answer", "No pupils"])
def test_what_is_bare_is_seen(text: str) -> None:
    assert is_bare(text)


@pytest.mark.parametrize("text", ["No need", "No need to ask", "Not advised", "Nobody", "Note it", "Yesterday's post"])
def test_what_only_sounds_like_it_is_left(text: str) -> None:
    assert not is_bare(text)


def everything(reply: Reply) -> dict[str, str]:
    """A reply as each channel draws it, as one text."""
    return {
        "terminal": render(reply),
        "page": Pages().reply(reply, "token"),
        "Slack": str(slack.render(reply)),
        "Teams": str(teams.render(reply).content),
        "aloud": read_aloud(reply),
    }


@pytest.mark.parametrize("ruling", RULINGS)
def test_every_channel_shows_the_badge_before_the_title_and_the_answer(base: Base, ruling: Ruling) -> None:
    entry = replace(
        base.knowledge.entries["trip-phone"], ruling=ruling, badge="Take a school mobile", title="On a trip"
    )
    reply = answered(base, entry, {}, NOW, 1.0).reply
    assert reply.answer
    for channel, shown in everything(reply).items():
        places = [
            shown.index(part) for part in ("Take a school mobile", "On a trip", reply.answer.answer.split("’")[0][:30])
        ]
        assert places == sorted(places), channel
        assert not re.search(r"[✓✗]|\b[a-z]+-\d\d\b(?=:)", shown), channel
    assert badge_of(reply.answer)[0] not in "✓✗"


def test_no_channel_names_a_clause_by_its_id(base: Base) -> None:
    for focus in get_args(Focus):
        reply = answered(base, base.knowledge.entries["friend-ex-pupil"], {}, NOW, 1.0, focus).reply
        assert [channel for channel, shown in everything(reply).items() if "edugeek-08" in shown] == []


def test_roles_in_braces_become_the_people_of_the_school(written: Written) -> None:
    knowledge = load(written())
    answer = answer_with(knowledge, knowledge.entries["lend-keys"], {}, NOW)
    assert answer.answer == (
        "Keep your keys with you, and ask the site manager for more. Ms Amara Bello (020 7946 0101) can help at night."
    )
    assert answer.instead == "Ring the school office (020 7946 0199)."


def test_every_role_can_stand_in_braces_whoever_holds_it(knowledge: Knowledge) -> None:
    nobody = replace(knowledge, school=replace(knowledge.school, roles={"dsl": ("dsl",)}))
    for role in ROLES:
        for base in (knowledge, nobody):
            said = in_words(base, f"Ring {{{role}}} now. {{{role}}} knows.")
            assert "{" not in said and said.startswith("Ring ") and ". " in said
            assert re.search(r"now\. [A-Z’]", said), said
    assert "Mon-Fri" in in_words(knowledge, "Ring {lado}."), "a line that is shut at times says when it is open"


@pytest.mark.parametrize(
    ("ask", "name"), [("line-manager", "Your line manager"), ("union", "Your union"), ("dsl", "Ms Amara Bello")]
)
def test_an_entry_says_whom_to_ask(written: Written, ask: str, name: str) -> None:
    knowledge = load(written(ask=ask))
    answer = answer_with(knowledge, knowledge.entries["lend-keys"], {}, NOW)
    assert (answer.ask, answer.contact and answer.contact.name) == (ask, name)
    for channel, shown in everything(Reply("answer", answer=answer)).items():
        assert channel == "aloud" or name in shown


def test_whom_nobody_has_named_is_said_without_a_colon_after_it(knowledge: Knowledge) -> None:
    manager = holder_of(knowledge, "line-manager", NOW).contact
    for channel, shown in everything(Reply("no-answer", text="I don't know.", contact=manager)).items():
        assert manager.role in shown and f"{manager.role}:" not in shown, channel


def test_a_line_that_is_shut_is_not_offered_to_be_asked(written: Written) -> None:
    knowledge = load(written(ask="social-care"))
    entry, night = knowledge.entries["lend-keys"], NOW.replace(hour=23)
    by_day, by_night = (answer_with(knowledge, entry, {}, now) for now in (NOW, night))
    assert by_day.contact and by_day.contact.name == "Children's social care"
    assert by_night.contact and by_night.contact.name == "The emergency duty team"
    assert by_day.ask == by_night.ask == "social-care"
    unanswered = holder_of(knowledge, "social-care", NOW), holder_of(knowledge, "social-care", night)
    assert [each.contact.name for each in unanswered] == ["Children's social care", "The emergency duty team"]


def test_a_role_that_nobody_holds_is_asked_of_whoever_answers_for_the_topic(written: Written) -> None:
    knowledge = load(written(ask="exams"))
    answer = answer_with(knowledge, knowledge.entries["lend-keys"], {}, NOW)
    assert answer.ask == "exams"
    assert answer.contact and answer.contact.name == "Mr Ben Ferreira"


# --- nations


def in_nation(base: Base, nation: str) -> Base:
    school: School = replace(base.knowledge.school, nation=nation)
    return replace(base, knowledge=replace(base.knowledge, school=school))


def test_an_entry_of_another_nation_is_not_served_and_its_role_is_named(base: Base) -> None:
    entry = next(each for each in base.knowledge.entries.values() if each.nations == ("England",) and not each.hold)
    there = in_nation(base, "Scotland")
    reply = respond(there, Conversation(), Message("", "one", PickEntry(entry.id)), NOW).reply
    asked = whom_to_ask(there.knowledge, entry)
    assert (reply.kind, reply.entry, reply.contact, reply.ask) == ("no-answer", None, asked.contact, asked.role)
    assert "for England only, and rules differ in Scotland" in reply.text
    assert outcome_of(reply).ask == asked.role
    assert respond(base, Conversation(), Message("", "one", PickEntry(entry.id)), NOW).reply.entry == entry.id


def test_no_list_and_no_choice_offers_an_entry_of_another_nation(base: Base) -> None:
    there = in_nation(base, "Scotland").knowledge
    offered = [entry for topic in topics_of(there) for entry in entries_of(there, topic.id)]
    assert offered and all(entry.holds_in("Scotland") for entry in offered)
    texts = [text for entry in base.knowledge.entries.values() for text in entry.texts[:2]]
    for text in texts:
        reply = ask_once(in_nation(base, "Scotland"), text, NOW).reply
        shown = [choice.entry for choice in reply.choices] + ([reply.entry] if reply.entry else [])
        assert all(there.entries[each].holds_in("Scotland") for each in shown), text


def test_the_nation_of_the_school_decides_a_case_and_is_never_asked(written: Written, base: Base) -> None:
    wales = {"when": "Wales", "ruling": "ask-first", "badge": "Ask the DSP first", "answer": "Ask {dsl} first."}
    turning = {"fact": "nation", "cases": [wales]}
    knowledge = load(written(ruling="depends", nations=None, facts=turning), approved=False)
    entry = knowledge.entries["lend-keys"]
    badges = {}
    for nation in NATIONS:
        there = in_nation(replace(base, knowledge=knowledge), nation)
        reply = answered(there, entry, {}, NOW, 1.0).reply
        assert reply.question is None and reply.answer
        badges[nation] = reply.answer.badge
        respond(there, Conversation("lend-keys", until=NOW.replace(hour=23)), Message("and in Wales?", "one"), NOW)
    assert badges == {**dict.fromkeys(NATIONS, "Don't lend your keys"), "Wales": "Ask the DSP first"}


def test_an_entry_on_hold_is_not_served_and_whom_to_ask_is_named(written: Written, base: Base) -> None:
    knowledge = load(written(hold="true"))
    entry = knowledge.entries["lend-keys"]
    reply = answered(replace(base, knowledge=knowledge), entry, {}, NOW, 1.0).reply
    assert (reply.kind, reply.entry, reply.ask) == ("no-answer", None, whom_to_ask(knowledge, entry).role)
    assert "being checked" in reply.text
    assert entry not in [each for topic in topics_of(knowledge) for each in entries_of(knowledge, topic.id)]
    assert lacking(knowledge) == {"hold: nobody is given this answer, and whoever asks is sent to a person"}


# --- the small base of the tests


def test_the_small_base_follows_entries_by_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path(shutil.copytree(small_base(), tmp_path / "real"))
    path = real / "entries" / "culture.yaml"
    before = path.read_text(encoding="utf-8")
    block = before.index("    phrasings:\n", before.index("- id: award-badge"))
    by_writer = "".join(
        f"      {letter}:\n" + "".join(f'        - "award {letter} {n}: so?"\n' for n in range(9))
        for letter in "abcdef"
    )
    rest = before[before.index("  - id: ", block) :] if "  - id: " in before[block:] else ""
    more = '    opposites:\n      a:\n        - "must we?"\n    not_this:\n      "which cup": outside\n'
    path.write_text(before[:block] + f"    phrasings:\n{by_writer}{more}" + rest, encoding="utf-8")
    monkeypatch.setattr("tests.make_base.REAL", real)
    make_base(tmp_path / "small")
    entry = load(tmp_path / "small").entries["award-badge"]
    assert len(entry.phrasings) == 25
    assert {letter: sum(each.writer == letter for each in entry.phrasings) for letter in "abcdef"} == {
        "a": 5, "b": 4, "c": 4, "d": 4, "e": 4, "f": 4,
    }  # fmt: skip
    assert len(entry.opposites) == 1 and not entry.not_this


# --- what check says


def test_no_entry_lacks_phrasings_opposites_or_look_alikes(knowledge: Knowledge) -> None:
    lacking = {"phrasings", "opposites", "not_this"}
    assert [str(each) for each in notices(knowledge, NOW.date()) if each.field in lacking] == []


def test_check_says_of_each_kind_of_notice_how_many_and_when_asked_which(knowledge: Knowledge) -> None:
    thin = {"friend-pupil": 9, "trip-phone": 8}
    entries = {
        key: replace(entry, phrasings=entry.phrasings[: thin.get(key)], hold=key in ("danger-999", "what-aim"))
        for key, entry in knowledge.entries.items()
    }
    few = [each for each in notices(replace(knowledge, entries=entries), NOW.date()) if each.entry in entries]
    summary, whole = (list(notice_lines(few, every=every)) for every in (False, True))
    held = "nobody is given this answer, and whoever asks is sent to a person. Once a named person has checked it"
    assert (
        f"Notice (2 answers, such as danger-999): {held} (askfirst approve ID shows it), take 'hold: true' away"
        in summary
    )
    assert summary[-1] == "Which ones, and in which files: askfirst check --notices" not in whole
    at = whole.index(f"Notice (2 answers): {held} (askfirst approve ID shows it), take 'hold: true' away")
    of = {key: knowledge.entries[key].file for key in entries}
    assert set(whole[at + 1 : at + 3]) == {f"  {of[key]}: {key}" for key in ("danger-999", "what-aim")}
    assert f"  {of['friend-pupil']}, friend-pupil: it has too few phrasings (9)" in whole
    assert f"  {of['trip-phone']}, trip-phone: it has too few phrasings (8)" in whole
    assert all(each.entry in " ".join(whole) for each in few)


def test_a_notice_that_stands_alone_says_where_and_nothing_is_said_of_none(knowledge: Knowledge) -> None:
    one = notices(
        replace(knowledge, entries={"what-aim": replace(knowledge.entries["what-aim"], hold=True)}), NOW.date()
    )
    (held,) = (each for each in one if each.field == "hold" and each.entry == "what-aim")
    (line,) = notice_lines((held,), every=True)
    assert line.startswith(f"Notice (answer what-aim, in {held.file}): nobody is given this answer")
    assert "(askfirst approve what-aim shows it)" in line
    assert list(notice_lines((), every=False)) == list(notice_lines((), every=True)) == []
