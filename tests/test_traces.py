"""By what a concern that was deleted could still be known elsewhere, and what only looks like it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.concerns import Pupil
from bot.concerns.naming.traces import traces_of
from tests.store.made import report_of


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("Zoë Marsh", "what about ZOË  MARSH?", True),
        ("Zoë Marsh", json.dumps({"text": "Zoë\nMarsh \U0001f622"}), True),
        ("Zoë Marsh", json.dumps({"text": "Joe Marsh"}), False),
        ("Ann Li", "Joann Lin was there", False),
        ("Max", "is Max in?", True),
        ("Max", '{"max": 3, "text": "the maximum"}', False),
        ("Zelda Marker", "She said: I do not want to go home to the flat today.", True),
        ("Zelda Marker", "I do not want to go.", False),
        ("Zelda Marker", "What is kept in the gym, behind the big blue vaulting box?", False),
        ("May", "May I ring a parent?", False),
        ("May Lark", "is may lark in?", True),
        ("Sean O’Brien", "what about Sean O'Brien?", True),
        ("Zoe\u0301 Marsh", "what about Zo\u00e9 Marsh?", True),
        ("Zoé Marsh", "what about zoe marsh?", True),
        ("Prof Zoe Marsh", "what about Zoë Marsh?", True),
    ],
)
def test_a_name_or_a_line_of_it_is_found_also_in_json(name: str, text: str, is_there: bool) -> None:
    report = replace(
        report_of(),
        pupils=(Pupil(name, ""),),
        words="I do not want to go home to the flat today.",
        where="In the gym, behind the big blue vaulting box",
    )
    traces = traces_of(report, ())
    assert traces.are_in(text) is is_there
    assert traces.any_in(text) or not is_there


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Zelda Marker", "Zelda has left", "Zelda"),
        ("zelda marker", "Marker's file", "Marker"),
        ("zelda marker", "the marker was hers", ""),
        ("Will Hope", "I hope it will do", ""),
        ("Will Hope", "Will it do?", ""),
        ("Will Hope", "It was will hope", "will hope"),
        ("Zelda Marker", "zelda has left", "zelda"),
        ("Se\u00e1n O'Brien", "Sea\u0301n has left", "Se\u00e1n"),
        ("Seán O'Brien", "sean has left", "sean"),
        ("Prof Joe Marsh", "Prof Hale has looked", ""),
        ("sean o'brien", "About O’Brien’s day", "O'Brien"),
        ("Mr Joe Marsh", "Mr Hale has looked", ""),
        ("unknown boy in Year 8", "A boy in Year 8, seven years ago", ""),
        ("unknown boy in Year 8", "It was an Unknown boy in year 8", "unknown boy in year 8"),
    ],
)
def test_a_part_of_a_name_counts_with_its_capital_letter(name: str, text: str, found: str) -> None:
    traces = traces_of(replace(report_of(), pupils=(Pupil(name, ""),)), ())
    assert traces.name_in(text) == found
    assert traces.any_in(text) is bool(found)
