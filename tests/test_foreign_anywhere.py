"""What is written in another language is found wherever it stands in a message, in every channel."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.console.chat import to_message as typed_in_the_terminal
from adapters.slack.said import message_in
from adapters.teams.said import files_in, quoted_in
from adapters.web import forms
from bot.answering.dialogue import Base, Conversation, respond, respond_to_edit
from bot.answering.hearing import is_in_another_language
from bot.knowledge import Knowledge
from bot.messages import LONGEST, Message
from bot.understanding.language import make_language
from bot.understanding.reading import MOST_CHARS
from bot.understanding.tongue import is_foreign
from tests.conftest import NOW
from tests.slack.sharing import passed_on, plain_message, shared_file

DISCLOSED = (
    "uczennica powiedziała mi że jej tata ją bije i boi się wracać do domu",
    "uczennica powiedziala mi ze jej tata ja bije i boi sie wracac do domu",
    "बच्ची ने बताया कि उसके पिता उसे रोज़ बेल्ट से मारते हैं",
    "bachi ne bataya ke us ke walid us ko roz belt se maarte hain",
    "تقول الطفلة إن أباها يضربها كل ليلة وهي خائفة من العودة",
    "tqoul el bint ino abouha ydrabha kol leila w khayfa trja3 el beit",
    "дівчинка каже що тато бʼє її щовечора і вона боїться йти додому",
    "divchynka kazhe shcho tato bie yii shchovechora i vona boitsia yty dodomu",
    "fata mi-a spus că tatăl o bate în fiecare seară și îi este frică",
    "fata mi-a spus ca tatal o bate in fiecare seara si ii este frica",
    "这个女孩说爸爸每天晚上都打她",
    "zhege nuhai shuo baba meitian wanshang dou da ta bu gan huijia",
)
DULL = "The coach was late and we ate our sandwiches in the hall because of the rain. ".split()
English = st.integers(0, 1_200).map(lambda words: " ".join((DULL * (words // len(DULL) + 1))[:words]))
Sent = Mapping[str, Any]
Own = Callable[[str], bool]


@pytest.fixture(scope="module")
def own(knowledge: Knowledge) -> Own:
    return make_language(knowledge).knows


def _on_the_page(typed: str) -> Message:
    return forms.to_message({"action": "ask", "text": typed}, "one")


def _in_the_terminal(typed: str) -> Message:
    return typed_in_the_terminal(typed, "one", ())


def _in_slack(typed: str, **parts: Any) -> Message:
    return message_in({**plain_message("U1"), "text": html.escape(typed, quote=False), **parts}, "one")


def _in_teams(typed: str, *attachments: Sent) -> Message:
    return Message(typed, "one", None, tuple(quoted_in(attachments)), *files_in(attachments))


def _teams_file(name: str) -> Sent:
    return {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": name}


def _teams_quotation(text: str) -> Sent:
    return {"contentType": "text/html", "content": f"<blockquote><p>{html.escape(text)}</p></blockquote>"}


def _teams_passed_on(text: str) -> Sent:
    return {"contentType": "forwardedMessageReference", "content": json.dumps({"originalMessageContent": text})}


def _marked(text: str) -> str:
    return f"> {text}"


def _name_of(text: str) -> str:
    return text.replace(" ", "_") + ".jpg"


# The message with English words before and after what is in another language, and English typed beside it.
WAYS: Mapping[str, Callable[[str, str, str], Message]] = {
    "typed on the page": lambda before, said, after: _on_the_page(f"{before} {said} {after}"),
    "typed in the terminal": lambda before, said, after: _in_the_terminal(f"{before} {said} {after}"),
    "typed in Slack": lambda before, said, after: _in_slack(f"{before} {said} {after}"),
    "typed in Teams": lambda before, said, after: _in_teams(f"{before} {said} {after}"),
    "pasted on the page": lambda before, said, after: _on_the_page(f"{before}\n{_marked(said)}\n{after}"),
    "pasted in the terminal": lambda before, said, after: _in_the_terminal(f"{before}\n{_marked(said)}\n{after}"),
    "pasted in Slack": lambda before, said, after: _in_slack(f"{before}\n{_marked(f'{before} {said}')}\n{after}"),
    "quoted in Teams": lambda before, said, after: _in_teams(after, _teams_quotation(f"{before} {said} {after}")),
    "passed on in Slack": lambda before, said, after: _in_slack(
        after, attachments=[passed_on(before), passed_on(f"{before} {said} {after}")]
    ),
    "passed on in Teams": lambda before, said, after: _in_teams(after, _teams_passed_on(f"{before} {said} {after}")),
    "a caption in Slack": lambda before, said, after: _in_slack(
        f"{before} {said} {after}", files=[shared_file("U1", "IMG_2041.jpg", "image/jpeg")]
    ),
    "a caption in Teams": lambda before, said, after: _in_teams(f"{before} {said} {after}", _teams_file("IMG_1.jpg")),
    "the name of a file in Slack": lambda before, said, after: _in_slack(
        f"{before} {after}",
        files=[shared_file("U1", name, "image/jpeg") for name in ("IMG_2041.jpg", _name_of(said))],
    ),
    "the name of a file in Teams": lambda before, said, after: _in_teams(
        f"{before} {after}", _teams_file("timetable.pdf"), _teams_file(_name_of(said))
    ),
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=15, deadline=None)
@given(before=English, said=st.sampled_from(DISCLOSED), after=English)
def test_what_is_said_in_another_language_is_found_wherever_it_stands(
    own: Own, way: str, before: str, said: str, after: str
) -> None:
    assert is_in_another_language(WAYS[way](before, said, after), own)
    assert not is_in_another_language(WAYS[way](before, "she was fine and had her lunch", after), own)


@pytest.mark.parametrize("way", ["pasted on the page", "passed on in Slack", "the name of a file in Teams"])
@pytest.mark.parametrize("said", DISCLOSED[:2])
def test_it_is_handed_over_and_so_is_an_edit_that_says_it(base: Base, way: str, said: str) -> None:
    before = " ".join(DULL * (LONGEST // 70))
    message = WAYS[way](before, said, "what does she want me to do about it?")
    for turn in (
        respond(base, Conversation(), message, NOW),
        respond_to_edit(base, message, Message("what time is lunch?", "one"), NOW),
    ):
        assert turn
        assert turn.reply.handover
        assert (turn.reply.handover.kind, turn.reply.handover.urgency) == ("not-english", "immediate")


@pytest.mark.parametrize(
    "text",
    [
        "can I show La Haine to my Y12s, and Das Leben der Anderen to the others?",
        "we sang Sakura and then Siyahamba, and little Tomasz did the solo in Makaton",
        "BKSB, CAT4, NGRT and PASS data for 8X2 is in the wrong tab again, who owns that sheet please",
        "there is 新年 on the door of the hall, may I leave it there for the week?",
        "i cant find teh freindly reciept for teh resturant on teh scool trip definately",
    ],
)
def test_a_title_a_name_or_a_few_slips_in_english_are_no_stretch_of_another_language(own: Own, text: str) -> None:
    assert not is_in_another_language(Message(text, "one"), own)


@pytest.mark.parametrize(
    "name", ["IMG_2041.jpg", "VID-20261102-WA0007.mp4", "Y9_RSE_SOW_autumn.docx", "trip letter v2.pdf"]
)
def test_the_usual_name_of_a_file_is_no_language(own: Own, name: str) -> None:
    assert not is_in_another_language(Message("", "one", files=(name,)), own)


def test_figures_beside_a_script_without_gaps_hide_none_of_it(own: Own) -> None:
    assert is_foreign("Y8的学生说爸爸打他", own)


def test_a_text_in_which_every_word_is_mistyped_has_only_so_many_looked_up(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def slip(word: str) -> bool:
        looked_up.append(word)
        return True

    monkeypatch.setattr("bot.understanding.tongue._is_slip", slip)
    strange = " ".join("q" + "".join(chr(97 + int(digit)) for digit in f"{number:06}") for number in range(20_000))
    assert is_foreign(strange[:MOST_CHARS], own)
    assert len(set(looked_up)) <= 200
