"""Every handover and note as the four channels draw it, in the order that the core gives its kind."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from adapters import console
from adapters.slack import replies as in_slack
from adapters.teams import replies as in_teams
from adapters.web.pages import Pages
from bot.knowledge import School
from bot.messages import HANDOVER_KINDS, Handover, HandoverKind, Reply
from tests.handing_over import ELSEWHERE, NIGHT, PERILS, handed_over, noted

_PAGES = Pages()
CHANNELS: Mapping[str, Callable[[Reply], str]] = {
    "page": lambda reply: _PAGES.reply(reply, "token"),
    "Slack": lambda reply: json.dumps(in_slack.render(reply).blocks, ensure_ascii=False),
    "Teams": lambda reply: json.dumps(in_teams.render(reply).content["body"], ensure_ascii=False),
    "terminal": console.render,
}
FORM = "Log this concern"
each_channel = pytest.mark.parametrize("channel", CHANNELS)


def seen(channel: str, reply: Reply) -> str:
    """What is drawn, without its markup."""
    drawn = CHANNELS[channel](reply)
    if channel == "Slack":
        drawn = re.sub(r"<tel:[^|]*\|([^>]*)>", r"\1", drawn)
    if channel == "page":
        drawn = re.sub(r"<[^>]+>", "", drawn)
    return " ".join(html.unescape(drawn).replace("\\n", " ").split())


def assert_in_order(text: str, handover: Handover, logging: list[str]) -> None:
    """Whom to ring, all of them, above everything else; in peril what to do stands above what leads to logging it."""
    doing = [*handover.steps, *handover.avoid]
    rest = [*doing, *logging] if handover.kind in PERILS else [*logging, *doing]
    places = [text.index(part) for part in (handover.first, *(who.phone for who in handover.ring[0].people), *rest)]
    assert places == sorted(places)
    assert max(text.rindex(who.phone) for who in handover.people) < places[-len(rest)]


@each_channel
@pytest.mark.parametrize("kind", HANDOVER_KINDS)
def test_whom_to_ring_comes_first_then_what_to_do_in_peril_or_else_the_form(
    channel: str, kind: HandoverKind, school: School
) -> None:
    for now in (NIGHT.replace(day=23, hour=10), NIGHT):
        handover = handed_over(school, kind, now)
        text = seen(channel, Reply("handover", handover=handover))
        assert_in_order(text, handover, [handover.log, *([FORM] if handover.form else [])])
        assert text.count(FORM) == handover.form
        everything = (*(each.heading for each in handover.ring), *handover.steps, *handover.avoid)
        assert [part for part in everything if part not in text] == []
        assert [who.phone for who in handover.people if who.phone not in text] == []


@each_channel
@pytest.mark.parametrize("kind", ["child", "danger"])
def test_where_concerns_are_kept_elsewhere_the_handover_leads_there(
    channel: str, kind: HandoverKind, school: School
) -> None:
    handover = handed_over(replace(school, elsewhere=ELSEWHERE), kind)
    drawn = CHANNELS[channel](Reply("handover", handover=handover))
    assert ELSEWHERE.link in drawn and "020 7946 0199" in drawn
    assert FORM not in drawn and "/concern" not in drawn
    text = seen(channel, Reply("handover", handover=handover))
    assert_in_order(text, handover, [handover.log, f"Log it in {ELSEWHERE.name}", ELSEWHERE.numbers[0].phone])


@each_channel
@pytest.mark.parametrize("kind", HANDOVER_KINDS)
def test_only_the_terminal_names_the_command(channel: str, kind: HandoverKind, school: School) -> None:
    handover = handed_over(school, kind)
    drawn = seen(channel, Reply("handover", handover=handover))
    assert ("askfirst concern" in drawn) == (channel == "terminal" and handover.form)
    asked = seen(channel, Reply("action", text="The form:", form=True))
    assert ("askfirst concern" in asked) == (channel == "terminal")


@each_channel
def test_the_note_stands_under_what_was_said(channel: str, school: School) -> None:
    note = noted(school)
    text = seen(channel, Reply("choices", text="Which do you mean?", note=note))
    order = ["Which do you mean?", note.text, *(who.phone for who in note.people)]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


@pytest.mark.parametrize(("channel", "link"), [("page", 'href="tel:{}"'), ("Slack", "<tel:{}|"), ("Teams", '"tel:{}"')])
def test_every_number_can_be_pressed(channel: str, link: str, school: School) -> None:
    handover, note = handed_over(school, "adult"), noted(school)
    for reply in (Reply("handover", handover=handover), Reply("no-answer", text="I don't know.", note=note)):
        drawn = CHANNELS[channel](reply)
        for who in (*handover.people, *note.people):
            if who.phone in seen(channel, reply):
                assert link.format(who.phone.replace(" ", "")) in drawn, who.name
