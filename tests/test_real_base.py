"""The real base, as `make run` serves it. All other tests use the small one of tests/make_base.py.

It comes learned. What learns it anew is wide: `make test` runs that where the base or what learns from it has changed
since tests/checked was written, `make everything` always.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from bot.answering.checking import check, check_files
from bot.answering.dialogue import Base, Conversation, ask_once, respond
from bot.answering.outcome import outcome_of
from bot.answering.topics import served
from bot.knowledge import Knowledge, load
from bot.messages import Message
from bot.service.core import Core
from bot.settings import LEARNED
from bot.store import Store
from bot.understanding.encoder import Encoder
from bot.understanding.fitting import understand
from tests.conftest import CACHE, KNOWLEDGE, NOW, one_at_a_time
from tests.dialogues import Dialogue, all_dialogues
from tests.make_base import ROOT, small_base
from tests.playing import ConsoleDriver, play
from tests.remembering import remembering
from tests.yaml_files import read_yaml

SHIPPED = KNOWLEDGE / LEARNED


@pytest.fixture(scope="module")
def real(knowledge: Knowledge, encoder: Encoder | None) -> Base:
    with one_at_a_time(CACHE):
        return Base(knowledge, understand(knowledge, encoder, CACHE, SHIPPED))


def test_its_files_have_no_fault_that_shows_before_anything_is_learned(knowledge: Knowledge) -> None:
    assert check_files(knowledge, NOW.date()) == ()


def test_the_small_base_has_facts_and_every_theme_and_nation_of_it(knowledge: Knowledge) -> None:
    small = load(small_base())
    assert 25 <= len(small.entries) <= 60
    assert {entry.nations for entry in small.entries.values()} == {
        entry.nations for entry in knowledge.entries.values()
    }
    assert _facts(small) == _facts(knowledge)
    assert {tip.theme for tip in small.tips} == {tip.theme for tip in knowledge.tips}
    assert (small.school, small.triage.rules, small.triage.watch) == (
        replace(knowledge.school, summaries=False), knowledge.triage.rules, knowledge.triage.watch,
    )  # fmt: skip


# What is unclear to the small base, which knows little, is clear to the real one.
OF_THE_SMALL_BASE = "None of the choices is what was meant"


def _facts(base: Knowledge) -> set[str]:
    return {entry.facts.fact for entry in base.entries.values() if entry.facts}


# Of thirteen thousand, and the titles, which count too. One that is taken out may let another slip, each look takes
# minutes, and which of two just under the border falls differs with the order of sums.
MOST_LOST = 8


@pytest.mark.wide
@pytest.mark.usefixtures("real")  # what it rests on is there: nobody waits for the minutes that this takes
def test_no_entry_loses_its_phrasings_to_another(knowledge: Knowledge, encoder: Encoder | None) -> None:
    found = [str(fault) for fault in check(knowledge, encoder, NOW.date(), CACHE, SHIPPED)]
    assert len(found) <= MOST_LOST, found


@pytest.mark.slow
@pytest.mark.parametrize(
    "dialogue",
    [each for each in all_dialogues("terminal") if each.name != OF_THE_SMALL_BASE],
    ids=lambda each: each.name,
)
async def test_it_plays_the_dialogues(dialogue: Dialogue, real: Base, store: Store) -> None:
    await play(ConsoleDriver(Core(lambda: real, store)), dialogue)


@pytest.mark.slow
def test_a_word_or_two_that_may_mean_much_is_answered_by_choices(real: Base) -> None:
    asked = (
        "photos",
        "phones",
        "parents",
        "pupils",
        "a trip",
        "email",
        "training",
        "the website",
        "a password",
        "police",
    )
    kinds = [outcome_of(ask_once(real, text, NOW).reply).kind for text in asked]
    assert kinds.count("choices") >= 3, kinds


@pytest.mark.wide
def test_what_is_beside_the_point_changes_nothing(real: Base) -> None:
    """Forty-eight kinds of harmless sentence, in front, behind and in the middle: at most 3 in 100 harmless questions
    turn into a concern by one. Of the concerns a few are only noted then, and none goes without even a note."""
    written = read_yaml(ROOT / "tests" / "beside.yaml")
    kinds = written["beside"].values()
    questions = [text for text in written["questions"] if not _handed_over(real, text)]
    concerns = [text for text in written["concerns"] if _handed_over(real, text)]
    assert len(questions) >= 0.95 * len(written["questions"])
    assert len(concerns) >= 0.95 * len(written["concerns"])
    # Of each kind one sentence beside the questions, another beside the concerns.
    with remembering(real) as asked:
        turned = [each for each in _together(questions, [texts[0] for texts in kinds]) if _handed_over(asked, each)]
        lost = [each for each in _together(concerns, [texts[-1] for texts in kinds]) if not _handed_over(asked, each)]
    assert len(turned) <= 0.03 * len(questions) * len(kinds), turned[:10]
    assert len(lost) <= 0.06 * len(concerns) * len(kinds), lost[:10]
    unnoted = [each for each in lost if not outcome_of(ask_once(real, each, NOW).reply).safeguarding_note]
    assert unnoted == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("A student I tutor privately also goes to my school. Do I have to tell anyone?", 'My colleague asks: "{}"'),
        (
            "I'd like to use ChatGPT to write my reports this year. Is that alright if I leave the names out?",
            "{} My copy of the handbook is from last year, the one with the blue cover.",
        ),
    ],
)
def test_whoever_asks_and_what_is_told_beside_leave_the_answer_as_it_was(real: Base, asked: str, told: str) -> None:
    before, after = (ask_once(real, text, NOW).reply for text in (asked, told.format(asked)))
    assert before.kind == "answer"
    assert outcome_of(after).entry == outcome_of(before).entry


@pytest.mark.wide
def test_what_is_beside_the_point_leaves_the_answer_as_it_was(real: Base) -> None:
    """Each question that is answered, with one sentence of every sixteenth kind beside it."""
    written = read_yaml(ROOT / "tests" / "beside.yaml")
    alone = {text: outcome_of(ask_once(real, text, NOW).reply) for text in written["questions"]}
    answered = [text for text, said in alone.items() if said.kind == "answer"]
    sentences = [texts[0] for texts in written["beside"].values()][::16]
    kept = another = 0
    for text, changed in zip(
        [text for text in answered for _ in sentences], _together(answered, sentences), strict=True
    ):
        said = outcome_of(ask_once(real, changed, NOW).reply)
        kept += said.entry == alone[text].entry
        another += said.kind == "answer" and said.entry != alone[text].entry
    asked = len(answered) * len(sentences)
    assert kept >= 0.85 * asked, (kept, another, asked)
    assert another <= 0.05 * asked, (kept, another, asked)


@pytest.mark.wide
@pytest.mark.parametrize(
    ("said", "kind", "entry"),
    [
        (("can I friend an ex-pupil?", "she was in my tutor group"), "answer", "friend-ex-pupil"),
        (("can I friend an ex-pupil?", "she is 18 now"), "answer", "friend-ex-pupil"),
        (("can I give a pupil a lift home?", "he is in my tutor group"), "answer", "lift-pupil"),
        (("can I hug a pupil?", "he's in year 2"), "answer", "comfort-pupil"),
        (("can I accept a friend request from a pupil?", "she's my niece"), "answer", "own-child-pupil"),
        (("can I hug a pupil?", "he has bruises"), "handover", None),
        (("can I hug a pupil?", "she was in my bed"), "handover", None),
        (("can I friend an ex-pupil?", "she was in my tutor group and we kissed"), "handover", None),
        (("a poem about suicide for English lesson",), "answer", "sensitive-topics"),
        (("teaching about suicide in PSHE",), "answer", "sensitive-topics"),
        (("my pupil wrote a poem about suicide",), "answer", "self-harm"),
        (("can I go to the toilet during lesson",), "no-answer", None),
        (("can I take a child to the toilet on my own",), "answer", "intimate-care"),
        (("a pupil was sick in my class, who cleans it",), "no-answer", None),
        (("he was sick after banging his head",), "handover", None),
        (("pupil vomiting blood",), "handover", None),
        (("where is the hospital lift",), "no-answer", None),
        (("can a pupil use the lift",), "no-answer", None),
        (("can I give a pupil a lift to hospital appointment",), "answer", "lift-pupil"),
        (("I forgot my lanyard",), "no-answer", None),
        (("a stranger without a lanyard is walking round",), "answer", "intruder"),
        (("I accidentally added a pupil on Snapchat, what do I do",), "answer", "friend-pupil"),
        (("my thumb slipped and I added a pupil",), "answer", "friend-pupil"),
        (("I accidentally touched a pupil",), "handover", None),
    ],
    ids=lambda each: " / ".join(each) if isinstance(each, tuple) else str(each),
)
def test_what_sounds_like_something_else_is_told_apart(
    real: Base, said: tuple[str, ...], kind: str, entry: str | None
) -> None:
    state, outcome = Conversation(), None
    for text in said:
        turn = respond(real, state, Message(text, "one"), NOW)
        state, outcome = turn.state, outcome_of(turn.reply)
    assert outcome is not None and (outcome.kind, outcome.entry) == (kind, entry)


def _handed_over(base: Base, text: str) -> bool:
    return outcome_of(ask_once(base, text, NOW).reply).kind == "handover"


def _together(texts: Sequence[str], beside: Sequence[str]) -> Iterator[str]:
    """Every text with every sentence beside it, now in front of it, now behind, now in the middle."""
    for number, (text, sentence) in enumerate(itertools.product(texts, beside)):
        turn = number % 3 if len(beside) % 3 else (number + number // len(beside)) % 3
        if turn == 2:
            words = text.split()
            half = len(words) // 2
            yield f"{' '.join(words[:half])} - {sentence} - {' '.join(words[half:])}"
        else:
            yield f"{sentence} {text}" if turn else f"{text} {sentence}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("pupil has gone missing from the trip", {"missing"}),
        ("a child has gone missing on our trip", {"missing"}),
        ("we've lost a kid at the museum", {"missing"}),
        ("nobody has come for a reception child and it is half five", {"missing"}),
        ("kid having an allergic reaction", {"medical"}),
        ("a girl is fitting in the dining hall", {"medical"}),
        ("fire in the science block", {"fire"}),
        ("a lad has a knife in his bag", {"weapon"}),
        ("there's a man in the playground nobody knows and he won't leave", {"intruder"}),
        ("she's taken a load of paracetamol", {"overdose"}),
        ("head of maths keeps touching the sixth form girls", {"adult"}),
        ("the head of year shouted at a child and grabbed her arm", {"adult"}),
        ("deputy head slapped a child", {"adult"}),
        ("the head is messaging a pupil privately", {"head"}),
        ("the deputy head is texting a Year 11 girl privately", {"adult"}),
        ("head of year is messaging a pupil privately", {"adult"}),
        ("a teacher is secretly texting one of my year 9s", {"adult"}),
        ("our coach keeps snapchatting the girls privately", {"adult"}),
        ("a TA has been sending a boy private messages", {"adult"}),
        ("the headteacher slapped a boy in assembly", {"head"}),
        ("the DSL has been texting a Year 10 girl", {"dsl"}),
        ("a colleague is texting a sixth former late at night", {"adult"}),
        ("the taxi driver hit a child on the way home", {"adult"}),
        ("I lost my temper and grabbed a Year 4 boy by the arm", {"own-conduct"}),
        ("a boy is being groomed online by a stranger", {"child", "danger"}),
        ("child put his hand up my skirt", {"child"}),
        ("the boys keep touching girls bottoms in the corridor its just banter?", {"child"}),
        ("a teacher keeps touching girls bottoms", {"adult"}),
        ("my TA told me she wants to end her life", {"adult-at-risk", "danger"}),
    ],
)
def test_it_knows_whom_a_message_is_for(real: Base, text: str, kinds: set[str]) -> None:
    handover = ask_once(real, text, NOW).reply.handover
    assert handover is not None and handover.kind in kinds


@pytest.mark.slow
@pytest.mark.parametrize("app", ["facebook", "instagram", "snapchat"])
def test_nobody_who_asks_about_a_pupil_is_told_that_they_may(real: Base, app: str) -> None:
    """The commonest question of all, put shortly: what holds for colleagues or for one's own child is no answer."""
    acts = ("add", "be friends with", "follow", "friend")
    pupils = ("a pupil", "a student", "a child in my class", "a year 9", "a sixth former")
    said = {
        text: outcome_of(ask_once(real, text, NOW).reply)
        for text in (f"can i {act} {pupil} on {app}" for act, pupil in itertools.product(acts, pupils))
    }
    assert [text for text, each in said.items() if each.ruling in ("may", "may-if", "no-need")] == []
    assert sum(each.kind == "answer" for each in said.values()) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("one_in", [30, pytest.param(3, marks=pytest.mark.wide)])
def test_its_figures(real: Base, one_in: int) -> None:
    """Titles are answered by their own rule, and what is outside is left alone, but for a few."""
    entries = served(real.knowledge, real.knowledge.entries.values())[:: min(one_in, 6)]
    titles = [(entry, outcome_of(ask_once(real, entry.title, NOW).reply)) for entry in entries]
    own = [entry for entry, said in titles if entry.first_cites & set(said.cites[:3])]
    texts = [each.text for each in real.knowledge.outside[::one_in]]
    strayed = [text for text in texts if outcome_of(ask_once(real, text, NOW).reply).kind in ("answer", "handover")]
    assert len(own) >= 0.95 * len(entries)
    assert len(strayed) <= 0.05 * len(texts), strayed
