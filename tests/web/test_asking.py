"""The page over real HTTP: asking, and that what people type is only ever text."""

from __future__ import annotations

import re

import pytest

from adapters.web.pages import Pages, tel
from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.messages import Answer, Contact, Note, Reply, Source
from bot.store import Store
from tests.conftest import SCHOOL
from tests.web.page import AT_RISK, EX_PUPIL, SCRIPT, Client, ask, open_page, send

# --- asking


async def test_the_empty_page_names_the_school_and_offers_examples(client: Client, school: School) -> None:
    page = await (await client.get("/")).text()
    assert f"<h1>{school.name}</h1>" in page
    assert '<label for="text">Ask before you act</label>' in page
    assert page.count('<button type="submit" name="text"') == 3


async def test_a_question_is_echoed_above_its_answer_without_a_script(client: Client) -> None:
    page = await ask(client, EX_PUPIL)
    assert "<!doctype html>" in page
    assert (
        0
        < page.index(EX_PUPIL)
        < page.index("badge ruling-")
        < page.index("wording")
        < page.index("Where this comes from")
    )
    assert "Nobody at this school has approved this answer yet." in page


async def test_a_script_gets_the_reply_alone(client: Client) -> None:
    fragment = await ask(client, EX_PUPIL, SCRIPT)
    assert fragment.lstrip().startswith("<article")
    assert "<!doctype" not in fragment


async def test_a_fact_button_gives_the_answer_for_that_fact(client: Client, base: Base) -> None:
    page = await ask(client, EX_PUPIL, SCRIPT)
    facts = base.knowledge.entries["friend-ex-pupil"].facts
    assert facts is not None and facts.ask is not None
    assert str(Pages().reply(Reply("smalltalk", text=facts.ask), "")).split(">")[2].split("<")[0] in page
    for case in facts.cases:
        assert f'name="value" value="{case.value}"' in page
        answer = await send(client, SCRIPT, action="fact", entry="friend-ex-pupil", fact=facts.fact, value=case.value)
        assert answer.status == 200
        assert f"ruling-{case.ruling}" in await answer.text()


async def test_a_choice_answers_with_its_entry(client: Client, base: Base) -> None:
    page = await (await send(client, action="pick", entry="friend-ex-pupil")).text()
    assert f"ruling-{base.knowledge.entries['friend-ex-pupil'].ruling}" in page


async def test_a_button_from_an_older_base_gets_a_plain_answer(client: Client) -> None:
    page = await (await send(client, SCRIPT, action="pick", entry="no-longer-here")).text()
    assert "Please ask again" in page


async def test_an_answer_that_did_not_help_is_kept_without_a_name(client: Client, store: Store) -> None:
    token = await open_page(client)
    await client.post("/", data={"token": token, "action": "ask", "text": EX_PUPIL})
    fields = {"token": token, "action": "feedback", "entry": "friend-ex-pupil", "helped": "no"}
    assert "Sorry" in await (await client.post("/", data=fields)).text()
    assert [(gap.question, gap.reason) for gap in store.talk(SCHOOL).gaps()] == [(EX_PUPIL, "not-helpful")]


async def test_why_is_answered_out_of_the_same_conversation(client: Client) -> None:
    await ask(client, EX_PUPIL)
    page = await ask(client, "why?", SCRIPT)
    assert page.index("<h3>Why:</h3>") < page.index("<h3>The answer</h3>")
    assert '<details class="sources" open>' in await ask(client, "who says so?", SCRIPT)


async def test_a_child_at_risk_is_handed_over_with_numbers_to_ring(client: Client, school: School) -> None:
    page = await ask(client, AT_RISK, SCRIPT)
    assert "reply-handover" in page
    dsl = school.holders("dsl")[0]
    assert f'href="{tel(dsl.phone)}"' in page
    order = ["wording", dsl.name, "Log it with the concern form", 'href="/concern"', "What to do", "What not to do"]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)
    assert "ruling-" not in page


async def test_a_message_too_long_for_a_question_is_handed_over_or_told_so(client: Client) -> None:
    dull = "The coach was late and we ate our sandwiches in the hall. " * 80
    assert "reply-handover" in await ask(client, f"{dull} {AT_RISK}. {dull}", SCRIPT)
    assert "too long for one question" in await ask(client, dull, SCRIPT)


async def test_to_log_a_concern_is_understood_and_leads_to_the_form(client: Client) -> None:
    page = await ask(client, "log a concern", SCRIPT)
    assert 'href="/concern"' in page
    assert "tel:" in page


async def test_an_empty_question_gets_a_hint(client: Client) -> None:
    assert "in your own words" in await ask(client, "  \n ", SCRIPT)


# --- what people type is only ever text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>x", "a' onx='"]
)
async def test_what_is_typed_is_escaped(client: Client, typed: str) -> None:
    page = await ask(client, typed)
    assert typed not in page
    assert page.count("<script") == 1


async def test_what_is_typed_is_no_template(client: Client) -> None:
    assert "{{ 7*7 }}" in await ask(client, "{{ 7*7 }}")


def test_every_field_of_an_answer_is_escaped() -> None:
    bad = "<script>\"'&"
    source = Source(bad, bad, bad, bad, bad, bad)
    answer = Answer(
        bad, bad, "dont", bad, bad, bad, bad, bad, (source,), bad, bad, bad, True, bad, Contact(bad, bad, bad, bad)
    )
    html = Pages().reply(
        Reply("answer", answer=answer, note=Note(bad, (Contact(bad, bad, bad, bad),)), feedback=True), bad
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;&#34;&#39;&amp;") >= 15


async def test_control_characters_are_harmless(client: Client) -> None:
    page = await ask(client, "can I \x00friend\x1b[31m an\x07 ex-pupil?")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page)
