"""The check of cards is itself checked: it takes what Teams takes, and finds each kind of fault."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import browsing
from tests.browsing import ROOT
from tests.teams import cards

Json = dict[str, Any]


def text(**more: Any) -> Json:
    return {"type": "TextBlock", "text": "Ask before you act.", "wrap": True, **more}


def entry(name: str = "answer", **more: Any) -> Json:
    return {"type": "Input.Text", "id": name, "label": "What happened?", **more}


def button(kind: str = "Execute", **more: Any) -> Json:
    return {"type": f"Action.{kind}", "title": "Go on", **more}


def card(*body: Any, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


PICKER = {
    "type": "Input.ChoiceSet",
    "id": "adult",
    "label": "Who is it about?",
    "choices": [],
    "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
}
GOOD = {
    "a line of text": card(text()),
    "styles in any case": card(text(color="attention", weight="Bolder", size="large")),
    "a schema, a fallback and the full width": card(
        text(),
        **{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json"},
        fallbackText="Ask before you act.",
        msteams={"width": "Full"},
    ),
    "buttons with ids": card(actions=[button(verb="choose", data={"choice": {"entry": "e-1", "place": [1, 2]}})]),
    "a button that older clients read as another": card(actions=[button(verb="go", fallback=button("Submit"))]),
    "a button that opens a dialog": card(actions=[button("Submit", data={"msteams": {"type": "task/fetch"}})]),
    "seven buttons, one of them in the menu": card(actions=[*[button()] * 6, button(mode="secondary")]),
    "sources to unfold": card(
        {"type": "Container", "id": "sources", "isVisible": False, "items": [text()]},
        actions=[button("ToggleVisibility", targetElements=["sources"])],
    ),
    "a form in a card to unfold": card(actions=[button("ShowCard", card=card(entry()))]),
    "a required input": card(entry(isRequired=True, errorMessage="Say what happened.", isMultiline=True)),
    "a people picker": card(PICKER),
    "an alternative with the same id": card({**entry(), "fallback": entry()}),
    "a card that renews itself": card(text(), refresh={"action": button(verb="renew"), "userIds": ["29:a"] * 60}),
    "a table": card(
        {"type": "Table", "columns": [{"width": 1}], "rows": [{"type": "TableRow", "cells": []}]},
    ),
}
BROKEN = {
    "no version": ({"type": "AdaptiveCard", "body": []}, "version: None is not 1.0 to 1.5"),
    "too new": (card(text(), version="1.6"), "version: '1.6' is not 1.0 to 1.5"),
    "an element that is too new": (card({"type": "Badge", "text": "New"}), 'Unknown element type "Badge"'),
    "a property that is too new": (card(entry(labelWidth="50px", labelPosition="inline")), "labelWidth"),
    "more than Teams takes": (card(text(text="x" * 28_000), text(text="x" * 1_000)), "bytes are more than the 28672"),
    "seven buttons": (card(actions=[button()] * 7), "AdaptiveCard: 7 actions are more than the 6"),
    "seven buttons in a set": (card({"type": "ActionSet", "actions": [button()] * 7}), "ActionSet: 7 actions"),
    "a button that calls a web address": (
        card(actions=[button("Http", url="https://a.example")]),
        "Action.Http: Teams",
    ),
    "an input without id": (card({"type": "Input.Text", "label": "What?"}), "Input.Text: an input without id"),
    "two things of one id": (card(entry(), text(id="answer")), "id 'answer' is there 2 times"),
    "an id again in a card to unfold": (
        card(entry(), actions=[button("ShowCard", card=card(entry()))]),
        "id 'answer' is there 2 times",
    ),
    "renewed by Action.Submit": (card(refresh={"action": button("Submit")}), "refresh: only Action.Execute"),
    "renewed for 61 people": (
        card(refresh={"action": button(), "userIds": ["29:a"] * 61}),
        "refresh: 61 userIds are more than the 60",
    ),
    "a misspelt property": (card(text(colour="Good")), "$.body[0]: Additional properties are not allowed ('colour'"),
    "a wrong value": (card(text(color="Puce")), "$.body[0].color: 'Puce' is not one of"),
    "a wrong kind of value": (card(text(wrap="yes")), "$.body[0].wrap: 'yes' is not of type 'boolean'"),
    "text that is not there": (card({"type": "TextBlock"}), "$.body[0]: 'text' is a required property"),
    "an unknown element": (card({"type": "Marquee"}), "$.body[0]: 'Marquee' is nothing that can stand here"),
    "a type in small letters": (card(text(type="textblock")), 'Unknown element type "textblock"'),
    "an element without type": (card({"text": "hello"}), "$.body[0]: None is nothing that can stand here"),
    "no element at all": (card("hello"), "$.body[0]: 'hello' is nothing that can stand here"),
    "a body that is no list": ({**card(), "body": "hello"}, "$.body: 'hello' is not of type 'array'"),
    "a fault deep inside": (
        card({"type": "ColumnSet", "columns": [{"type": "Column", "items": [text(size="Huge")]}]}),
        "$.body[0].columns[0].items[0].size: 'Huge' is not one of",
    ),
    "a link to nowhere": (card(actions=[button("OpenUrl")]), "$.actions[0]: 'url' is a required property"),
    "required, but silent": (card(entry(isRequired=True)), "Required inputs should have an error message"),
    "a choice of nothing": (
        card({"type": "Input.ChoiceSet", "id": "who", "choices": []}),
        "An Input.ChoiceSet must have at least one choice defined.",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_card_that_teams_takes_has_no_fault(name: str) -> None:
    assert cards.faults_of(GOOD[name]) == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_found_and_said(name: str) -> None:
    broken, told = BROKEN[name]
    assert [fault for fault in cards.faults_of(broken) if told in fault], cards.faults_of(broken)


def test_every_fault_of_a_card_is_told() -> None:
    found = "\n".join(
        cards.faults_of(card(text(colour="Good"), text(color="Puce"), {"type": "Input.Text"}, version="2"))
    )
    assert all(part in found for part in ("'colour'", "'Puce' is not", "without id", "'2' is not"))


def test_a_card_read_twice_is_not_changed_by_it() -> None:
    first = card(entry(isRequired=True), actions=[button()])
    assert cards.faults_of(first) == cards.faults_of(card(entry(isRequired=True), actions=[button()]))


@pytest.fixture
def nothing_from_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cards, "PARSER", tmp_path / "adaptivecards.js")
    for kept in (cards._faults_of, cards._validator, cards._parser_of):
        kept.cache_clear()
    yield


def test_without_the_packages_a_test_is_skipped_at_home(
    nothing_from_npm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NO CARD SCHEMA: install node and run `npm ci`"):
        cards.faults_of(card(text()))


def test_without_the_packages_a_test_fails_in_continuous_integration(
    nothing_from_npm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NO CARD SCHEMA"):
        cards.faults_of(card(text()))


def test_the_limits_need_nothing_from_npm(nothing_from_npm: None) -> None:
    assert cards.limit_faults(card(text(), version="1.6"))


def test_the_parser_ends_with_the_process_that_asked() -> None:
    if not cards.PARSER.is_file():
        browsing.missing("NO CARD SCHEMA: run `npm ci`")
    asks = "from tests.teams import cards; print(cards.parser_faults({'type': 'AdaptiveCard', 'version': '1.5'}))"
    order = [sys.executable, "-W", "error", "-c", asks]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "()\n", "")
