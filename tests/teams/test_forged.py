"""Requests that Teams never sent, or not like this: nothing breaks, and nothing is done for whoever is not Teams."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.teams.form import FIRST, REPORT
from tests.teams import payloads
from tests.teams.payloads import Place
from tests.teams.people import Person
from tests.teams.school import AtSchool
from tests.teams.tokens import FORGERIES
from tests.teams.world import TENANT, Json, Member

Path = tuple[str | int, ...]
TABLES = ("received", "concerns", "accounts", "conversations", "events", "notices")
COUNTED = sa.text(
    "SELECT (SELECT count(*) FROM places WHERE kind <> 'teams-refused') AS places, "
    "(SELECT count(*) FROM received WHERE payload IS NOT NULL) AS waiting, "
    + ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in TABLES)
)
ELSEWHERE = "5c0d5a4e-7f7e-4b6f-9a59-0c1f2f6f3b11"  # another tenant
DEEP = "lists in lists, as many as: "
SCREEN = {"submission": "one", "danger": "no", "told": "no"}
WHOLE = {"do": REPORT, **SCREEN, "about": "0", "pupils": "Zelda Pupilmarker", "what": "Seenmarker", "when": "Today"}
OTHERS = {"id": "Q", "value": "x", "text": "hello", "do": "log", "tenant": {"id": TENANT}, "membersAdded": [{"id": ""}]}


def _made(make: Callable[..., Json], **more: object) -> Callable[[Place, Member, str], Json]:
    return lambda place, member, number: make(place, member, number, **more)


def _invoked(name: str, value: Json, reply_to: str = "") -> Callable[[Place, Member, str], Json]:
    return lambda place, member, number: payloads.invoke(name, place, member, number, value, reply_to)


def _pressed(value: str) -> Json:
    return payloads.action_value({"type": "Action.Execute", "verb": "do"}, {"do": value}, "manual")


# Everything that Teams sends to the app, as the local Teams sends it: what is made out of (place, member, number).
GENUINE: Mapping[str, Callable[[Place, Member, str], Json]] = {
    "a question": _made(payloads.message, text="can I friend an ex-pupil?"),
    "a mention": _made(payloads.message, text="hello", mention=True),
    "a concern": _made(payloads.message, text="a girl in my class has bruises"),
    "a button as a message": _made(payloads.submitted, value={"do": "feedback yes"}, reply_to="1"),
    "feedback": _invoked("adaptiveCard/action", _pressed("feedback yes"), "1"),
    "an alert": _invoked("adaptiveCard/action", _pressed("acknowledge C-1"), "1"),
    "a dialog": _invoked("task/fetch", payloads.task_value({"do": "log"}), "1"),
    "a record": _invoked("task/fetch", payloads.task_value({"do": "open C-1"}), "1"),
    "the first screen": _invoked("task/submit", payloads.task_value({"do": FIRST, **SCREEN})),
    "the whole form": _invoked("task/submit", payloads.task_value(WHOLE)),
    "a task": _invoked("task/submit", payloads.task_value({"do": "done note C-1", "note": "Rang home."})),
    "a message action": _invoked(
        "composeExtension/fetchTask",
        payloads.extension_value(
            "logConcern", "message", {"body": {"contentType": "html", "content": "<p>He hit</p>"}}
        ),
    ),
    "the form of one": _invoked(
        "composeExtension/submitAction", payloads.extension_value("logConcern", "message", {}, {"do": FIRST, **SCREEN})
    ),
    "installed": _made(payloads.installation, action="add"),
    "removed": _made(payloads.installation, action="remove"),
    "somebody came": payloads.members_added,
}
ODD: tuple[object, ...] = (
    None, True, 0, -1, 2**70, 1e308, "", " ", "\0", "\ud83d", "\u202e\u2066\U000e0041", "x" * 50_000, "🙂" * 3_000,
    [], {}, [[]], ["a"], {"id": {}}, {"id": ELSEWHERE}, [{"id": None}], "<at>AskFirst</at>" * 500, "&" * 5_000, "../..",
    "a;messageid=1", "invoke", "message", "remove", "task/submit", "adaptiveCard/action", ELSEWHERE,
    *(f"{DEEP}{count}" for count in (70, 300, 500, 900, 5_000)),
)  # fmt: skip
Change = tuple[int, int, int]  # which place, what is done to it, with what
HEADERS = (*FORGERIES, *["good"] * len(FORGERIES))


def _places(found: object, here: Path = ()) -> Iterator[Path]:
    """Every place in an activity."""
    yield here
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, each in inner:
        yield from _places(each, (*here, name))


def _mangled(body: Any, changes: list[Change]) -> Any:
    """The activity with something else in some of its places."""
    whole: Any = {"body": copy.deepcopy(body)}
    for where, how, what in changes:
        places = [place for place in _places(whole) if place]
        *way, last = places[where % len(places)]
        parent: Any = reduce(lambda found, name: found[name], way, whole)
        odd = copy.deepcopy(ODD[what % len(ODD)])
        match how:
            case 0 if len(places) > 1 and way:
                del parent[last]
            case 1:
                parent[last] = [parent[last]]
            case 2:
                parent[last] = {"id": parent[last]}
            case 3 if isinstance(parent[last], str):
                parent[last] = f"{parent[last]}{odd}"
            case 4 if isinstance(parent[last], dict):
                parent[last].update(copy.deepcopy(OTHERS))
            case _:
                parent[last] = odd
    return whole["body"]


def _written(body: object) -> bytes:
    """As it goes over the wire; no writer of JSON goes as deep as this must."""
    text = json.dumps(body)
    for count in (70, 300, 500, 900, 5_000):
        text = text.replace(f'"{DEEP}{count}"', "[" * count + "]" * count)
    return text.encode()


def _is_ours(raw: bytes) -> bool:
    """Whether this is an activity of the school's own tenant: nothing else may have any effect."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict) or body.get("channelId") != "msteams" or not isinstance(body.get("type"), str):
        return False
    parts = [body.get(name) for name in ("from", "recipient", "conversation")]
    if not all(isinstance(part, dict) and isinstance(part.get("id"), str) and part["id"] for part in parts):
        return False
    data = body["channelData"] if isinstance(body.get("channelData"), dict) else {}
    named = data["tenant"].get("id") if isinstance(data.get("tenant"), dict) else None
    tenant = named if named and isinstance(named, str) else body["conversation"].get("tenantId")
    return bool(tenant == TENANT)


def _rows(school: AtSchool) -> dict[str, int]:
    """What is in the store. Of a message that was dealt with only the id is left, which holds nothing. The one row that
    says for `askfirst doctor` what was refused last is left out."""
    with school.core.store._database.reading() as connection:
        return dict(connection.execute(COUNTED).one()._mapping)


async def _sent(school: AtSchool, teacher: Person, header: str, kind: str, changes: list[Change], cut: int) -> None:
    teams = school.teams
    at = teams.place(teacher.chat.id), teacher.member, teams.world.next_id()
    raw = _written(_mangled(GENUINE[kind](*at), changes))[: -cut or None]
    before, calls = _rows(school), len(teams.calls)
    shown = f"Bearer {teams.tokens.good()}" if header == "good" else teams.tokens.forged(header)
    answer = await teams.sender.post(raw, shown)
    await school.service.channel.finish()
    teams.troubles.clear()  # a mangled id is none that Teams knows
    assert answer.status < 500
    if header != "good":
        assert answer.status in (400, 401, 413)
        assert (_rows(school), len(teams.calls)) == (before, calls)
    elif not _is_ours(raw):
        _only_refused(school, before, calls)


def _only_refused(school: AtSchool, before: Mapping[str, int], calls: int) -> None:
    """At most a polite word to whoever asked from elsewhere; the id of the message is kept, to say it once."""
    assert {**_rows(school), "received": 0} == {**before, "received": 0}
    for call in school.teams.calls[calls:]:
        assert call.name == "send"
        assert "I am here for the staff of" in json.dumps(call.body)


def _with(examples: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    checked = settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    numbers = st.integers(0, 10_000)
    changes = st.lists(st.tuples(numbers, st.integers(0, 9), numbers), min_size=1, max_size=3)
    mangled = given(
        header=st.sampled_from(HEADERS), kind=st.sampled_from(list(GENUINE)), changes=changes,
        cut=st.sampled_from([0] * 9 + [1, 40]),
    )  # fmt: skip
    return lambda test: checked(mangled(test))


@pytest.fixture
async def sender(fernbank: AtSchool) -> Person:
    """Somebody of the school's whom Teams has let in once."""
    await fernbank.everybody("teacher")
    return fernbank["teacher"]


@pytest.mark.slow
@_with(4_000)
async def test_whatever_arrives_nothing_breaks_and_nothing_is_done(
    fernbank: AtSchool, sender: Person, header: str, kind: str, changes: list[Change], cut: int
) -> None:
    await _sent(fernbank, sender, header, kind, changes, cut)


@pytest.mark.parametrize("kind", GENUINE)
async def test_the_genuine_ones_are_taken(fernbank: AtSchool, sender: Person, kind: str) -> None:
    place = fernbank.teams.place(sender.chat.id)
    body = GENUINE[kind](place, sender.member, fernbank.teams.world.next_id())
    assert _is_ours(_written(body))
    answer = await fernbank.teams.sender.post(_written(body), f"Bearer {fernbank.teams.tokens.good()}")
    assert answer.status == 200
    await fernbank.settled()
    fernbank.teams.troubles.clear()  # some of these answer to cards that nobody posted
