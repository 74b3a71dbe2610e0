"""All that a message says is read, and before every limit: length, quotations, captions, names of files, edits."""

from __future__ import annotations

import pytest

from bot.answering.dialogue import Base, Conversation, respond
from bot.answering.hearing import hear, shows_harm, shows_nudity
from bot.messages import LONGEST, Message, Reply
from bot.presses import AskPolicy
from bot.service.assistant import Assistant
from tests.conftest import NOW, SCHOOL

CONCERN = "a girl in my form just told me her stepdad hits her with a belt"
QUESTION = "can parents have my mobile number?"
DULL = "The coach was late and we ate our sandwiches in the hall because of the rain. "
LONG = DULL * (2 * LONGEST // len(DULL))


def reply(base: Base, text: str = "", **parts: object) -> Reply:
    return respond(base, Conversation(), Message(text, "one", **parts), NOW).reply  # type: ignore[arg-type]


@pytest.mark.parametrize("before", ["", LONG, LONG * 5])
@pytest.mark.parametrize("after", [LONG, LONG * 5])
def test_a_concern_that_is_too_long_for_a_question_is_handed_over(base: Base, before: str, after: str) -> None:
    assert reply(base, f"{before}{CONCERN}. {after}").kind == "handover"


@pytest.mark.parametrize("grave", ["There is blood everywhere", "Tom is unresponsive", "Oliver has an axe"])
def test_a_rule_finds_what_stands_in_so_long_a_text_whatever_else_does(base: Base, grave: str) -> None:
    lesson = "The lesson about the play and the film went well. "
    said = reply(base, f"{lesson}{LONG} {grave}. {LONG} {lesson}")
    assert said.handover
    assert said.handover.urgency == "immediate"


def test_what_is_too_long_and_no_concern_is_told_so(base: Base) -> None:
    said = reply(base, LONG)
    assert (said.kind, "too long" in said.text) == ("no-answer", True)
    assert said.contact


def test_a_text_of_any_length_is_read_in_a_few_parts(base: Base) -> None:
    readings = base.understanding.reader.read_parts(LONG * 5 + CONCERN + ". " + LONG * 5)
    assert len(readings) <= 12, "the sentence model reads a dozen in less than a second"
    assert any("stepdad hits her" in each.form.text for each in readings)


@pytest.mark.parametrize(
    ("text", "quoted", "files"),
    [
        ("what now", ("Year 4 are back. Tom is unresponsive. " + "We ate late. " * 200,), ("lesson play film.docx",)),
        ("> The lesson about the play and the film went well.\nwhat now", ("Tom is unresponsive",), ()),
    ],
)
def test_the_exception_of_a_rule_in_one_part_hides_nothing_in_another(
    base: Base, text: str, quoted: tuple[str, ...], files: tuple[str, ...]
) -> None:
    assert reply(base, text, quoted=quoted, files=files).kind == "handover"


def test_of_a_short_text_of_many_sentences_some_are_read_and_the_grave_ones_among_them(base: Base) -> None:
    readings = base.understanding.reader.read_parts("No. " * 30 + "Her dad hits her. " + "No. " * 30)
    assert len(readings) <= 21
    assert any("dad hits" in each.form.text for each in readings[1:])


def test_of_a_long_text_of_no_words_few_are_looked_up_and_what_else_it_says_is_read(base: Base) -> None:
    strange = "qzxvkjwqp" + "kzvqj wqpxzvkj " * 300
    readings = base.understanding.reader.read_parts(f"{strange} {CONCERN}. {strange}")
    assert all(len(each.form.words) <= 35 for each in readings[1:]), (
        "each strange word costs as much as a line of words"
    )
    assert any("stepdad hits her" in each.form.text for each in readings)


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "what do I do with this?", "quoted": (CONCERN,)},
        {"text": f"> {CONCERN}\nwhat do I do with this?"},
        {"text": f"{QUESTION} She asked me at the gate, and then she sent this one too", "quoted": (CONCERN,)},
        {"quoted": (CONCERN,)},
        {"text": "", "files": ("bruises_tom.jpg",), "attached": True},
        {"text": QUESTION, "files": ("IMG_1.jpg", "Nude-Y10.PNG"), "attached": True},
        {"text": CONCERN, "files": ("IMG_1.jpg",), "attached": True},
    ],
)
def test_every_part_of_a_message_may_be_a_concern(base: Base, parts: dict[str, object]) -> None:
    assert reply(base, **parts).kind == "handover"  # type: ignore[arg-type]


def test_a_short_question_about_a_quotation_is_asked_of_both(base: Base) -> None:
    asked = reply(base, "> From: Mum\n> can I have your mobile number please\nCan I give it to her?")
    assert asked.entry or asked.choices
    assert reply(base, QUESTION, quoted=("The minibus is booked for Friday.",)).entry


@pytest.mark.parametrize("files", [(), ("IMG_2041.jpg",), ("voice message.m4a",), ("timetable.pdf",)])
def test_what_comes_without_a_word_is_said_not_to_be_looked_at(base: Base, files: tuple[str, ...]) -> None:
    said = reply(base, "", files=files, attached=True)
    for part in ("cannot look at pictures", "Never send or keep a nude", "999"):
        assert part in said.text
    assert said.form
    assert [person.name for person in said.people] == ["Ms Amara Bello"]


@pytest.mark.parametrize(
    "name", ["bruises_tom.jpg", "Cuts on arm.heic", "nudeY9.png", "disclosure-Mia.docx", "knife1.mp4"]
)
def test_the_name_of_a_file_tells_of_harm(name: str) -> None:
    assert shows_harm(name)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_2041.jpg",
        "self-harm policy.pdf",
        "Y9_PSHE_abuse_lesson.pptx",
        "hitchin trip.jpg",
        "KCSIE.pdf",
        "injury form.pdf",
    ],
)
def test_the_name_of_a_lesson_or_a_policy_does_not(name: str) -> None:
    assert not shows_harm(name)


@pytest.mark.parametrize(
    ("before", "now", "answered"),
    [
        (QUESTION, CONCERN, True),
        (QUESTION, "can parents have my phone number?", False),
        (CONCERN, CONCERN + " too", False),
        (CONCERN, QUESTION, False),
        (CONCERN, "y11 lad has taken a load of tablets in the toilets what do i do", True),
        (None, CONCERN, True),
        (None, QUESTION, False),
    ],
)
def test_an_edit_is_answered_where_it_makes_a_concern(
    assistant: Assistant, before: str | None, now: str, answered: bool
) -> None:
    then = None if before is None else Message(before, "one")
    said = assistant.handle_edit(Message(now, "one"), then, NOW)
    assert (said is not None and said.kind == "handover") == answered
    assert answered or said is None


def test_behind_the_button_under_a_handover_stand_ids_and_no_words(base: Base, assistant: Assistant) -> None:
    asked = Message(f"{CONCERN}. {QUESTION}", "one")
    (offer,) = assistant.handle(asked, NOW).offers
    assert offer.label == "My question was about the policy"
    assert isinstance(offer.action, AskPolicy)
    assert set(offer.action.entries) <= set(base.knowledge.entries)
    pressed = assistant.handle(Message("", "one", AskPolicy(("parents-ask-number",))), NOW)
    assert (pressed.entry, bool(pressed.note)) == ("parents-ask-number", True)
    several = assistant.handle(Message("", "one", AskPolicy(("parents-ask-number", "friend-pupil"))), NOW)
    assert [choice.entry for choice in several.choices] == ["parents-ask-number", "friend-pupil"]
    nothing = assistant.handle(Message("", "one", AskPolicy()), NOW)
    assert (nothing.kind, nothing.contact is not None) == ("no-answer", True)
    gone = assistant.handle(Message("", "one", AskPolicy(("no-such-entry",))), NOW)
    assert gone.kind == "no-answer"
    assert assistant._store.talk(SCHOOL).gaps() == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A Year 7 is being beaten up on the - we had cake at break. - bus every day and won't come in", "handover"),
        ("one of my lads gets beaten up after school", "handover"),
        ("what if a pupil is beaten up, is that for the DSL?", None),
    ],
)
def test_a_child_that_is_beaten_up_is_heard_whatever_stands_between(base: Base, text: str, kind: str | None) -> None:
    finding = hear(base.understanding, Message(text, "one")).finding
    assert (finding.grounds[0] == "rule beaten-up") == (kind == "handover")


@pytest.mark.parametrize(
    ("text", "handed_over"),
    [
        ("who runs the PE Twitter? a Year 8 is being bullied on it", True),
        ("Y8 being bullied on PE insta", True),
        ("a kid in my form is getting picked on", True),
        ("somebody is threatening a pupil on the PE page", True),
        ("What do we do if a pupil is being bullied online?", False),
        ("may I use pupils' quotes about being bullied on the display?", False),
        ("a parent is being threatened on the local group", False),
    ],
)
def test_a_child_who_is_bullied_is_handed_over_whatever_else_is_asked(base: Base, text: str, handed_over: bool) -> None:
    found = hear(base.understanding, Message(text, "one")).finding
    assert ("rule bullied" in found.grounds) == handed_over


@pytest.mark.parametrize(
    ("text", "nude"),
    [
        ("someone sent me a nude of a pupil", True),
        ("she showed me pictures of her body that he asked for", True),
        ("there's an indecent image of a year 9 going round", True),
        ("he has been sexting", True),
        ("a boy has bruises", False),
        ("can I put photos of the trip on the website", False),
        ("we watched the naked mole rats at the zoo", False),
        ("she came in half naked and bruised", False),
        ("he walks around naked at home in front of her", False),
        ("a year 8 was watching porn in the library", False),
        ("there is a photo of her naked going round", True),
        ("a naked selfie of a girl in year 9", True),
        ("a video of two boys in the changing room, both undressed", True),
        ("he got a topless pic from her", True),
        ("they made a porn video with her face", True),
        ("she sent nudes", True),
        ("he was naked in his room. Can I put photos of the trip on the website", False),
    ],
)
def test_a_message_that_speaks_of_a_nude_picture_is_known_by_its_words(text: str, nude: bool) -> None:
    assert shows_nudity(Message(text, "c")) is nude
    assert shows_nudity(Message("what do I do with this", "c", quoted=(text,))) is nude


def test_a_file_whose_name_says_so_is_a_picture() -> None:
    assert shows_nudity(Message("what do I do with this", "c", files=("naked_tom2.jpg",)))
    assert not shows_nudity(Message("what do I do with this", "c", files=("bruises_tom2.jpg",)))


def test_whoever_was_sent_a_nude_reads_at_once_what_not_to_do_with_it(base: Base) -> None:
    handover = reply(base, "someone sent me a nude of a pupil").handover
    assert handover and "Do not look at the picture" in handover.first


@pytest.mark.parametrize("typed", ["", "what does she want to say with this, can you tell me please?", LONG])
def test_what_is_quoted_in_another_language_is_handed_over_whatever_english_stands_before_it(
    base: Base, typed: str
) -> None:
    polish = "uczennica powiedziała mi że jej tata ją bije i boi się wracać do domu"
    said = reply(base, typed, quoted=(polish,))
    assert (said.kind, said.handover and said.handover.kind) == ("handover", "not-english")
