"""What `benchmarks.slack` sends: questions and filled-in forms as Slack sends them, so many a second."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.form import REPORT
from benchmarks.school import MARK, mail_of
from tests.slack import payloads
from tests.slack.server import Slack
from tests.slack.transports import HttpTransport, Retry
from tests.slack.workspace import TEAM, Json, User

_A_SECOND, _CONCERNS, _REPEATED, _FAILING = 50, 0.05, 0.10, 0.20
_STAFF = 200
_QUESTIONS = ("can I friend an ex-pupil?", "hello", "can parents have my mobile number?", "who mends the boiler")


@dataclass
class Sent:
    """What was sent: the moments of the questions by direct message, of the concerns by submission."""

    questions: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    logged: dict[str, float] = field(default_factory=dict)  # a receipt's number -> when
    acknowledged: list[float] = field(default_factory=list)
    refused: int = 0
    requests: int = 0


def let_in(slack: Slack) -> None:
    """The people of the school, and a staff that asks."""
    for person in ("dsl", "deputy", "head", "chair"):
        slack.person(f"U0{person.upper()}", person, mail_of(person))
    for number in range(_STAFF):
        slack.person(f"U{number:04}", f"Staff {number}", f"staff{number}@school.example")
        slack.workspace.direct(f"U{number:04}")


async def load(slack: Slack, transport: HttpTransport, seconds: int, outage: int) -> Sent:
    """Send so many requests a second; in the middle, with `outage`, nothing of the app's gets through."""
    sent, chance, tasks = Sent(), random.Random(seconds), set[asyncio.Task[None]]()
    first = _question(slack.workspace.users["U0000"], "hello", -1)
    await transport.deliver("events_api", first, None, 30)  # with which the app looks at its token
    await asyncio.sleep(2)
    slack.calls.clear()
    if outage:
        slack.faults.fail_share(_FAILING)
    begun, total = time.perf_counter(), seconds * _A_SECOND
    for number in range(total):
        await asyncio.sleep(max(0.0, begun + number / _A_SECOND - time.perf_counter()))
        if outage and number == total // 4:
            tasks.add(asyncio.create_task(_away(slack, outage)))
        user = slack.workspace.users[f"U{number % _STAFF:04}"]
        work = _logs if chance.random() < _CONCERNS else _asks
        tasks.add(asyncio.create_task(work(transport, sent, user, number, chance.random() < _REPEATED)))
    await asyncio.gather(*tasks)
    slack.faults.clear()
    return sent


async def _away(slack: Slack, seconds: int) -> None:
    with slack.faults.outage():
        await asyncio.sleep(seconds)


async def _asks(transport: HttpTransport, sent: Sent, user: User, number: int, twice: bool) -> None:
    sent.questions["D" + user.id[1:]].append(time.perf_counter())
    body = _question(user, _QUESTIONS[number % len(_QUESTIONS)], number)
    await _delivered(transport, sent, "events_api", body)
    if twice:
        await transport.deliver("events_api", body, Retry(1, "http_timeout"), 10)


async def _logs(transport: HttpTransport, sent: Sent, user: User, number: int, twice: bool) -> None:
    begun, body = time.perf_counter(), _concern(user, number)
    answers = [await _delivered(transport, sent, "interactive", body)]
    if twice:
        answers.append((await transport.deliver("interactive", body, None, 10)).body)
    for answer in answers:
        title = str(answer.get("view", {}).get("title", {}).get("text", "")) if isinstance(answer, dict) else ""
        if title != "Logged":
            sent.refused += 1
    sent.logged[f"submission-{number:06}"] = begun


async def _delivered(transport: HttpTransport, sent: Sent, kind: Any, body: Json) -> Any:
    begun = time.perf_counter()
    answer = await transport.deliver(kind, body, None, 10)
    sent.acknowledged.append(time.perf_counter() - begun)
    sent.requests += 1
    sent.refused += answer.status != 200
    return answer.body


def _question(user: User, text: str, number: int) -> Json:
    stamp = f"{1_700_000_000 + number}.000100"
    message = {"type": "message", "user": user.id, "text": text, "ts": stamp, "team": TEAM}
    return payloads.event_callback(
        {**message, "channel": "D" + user.id[1:], "event_ts": stamp, "channel_type": "im"}, TEAM, False
    )


def _concern(user: User, number: int) -> Json:
    """The form as Slack sends it once its button was pressed."""
    typed = {"pupils": f"Zelda {MARK}, 7{MARK}", "seen": f"{MARK} {number}", "words": MARK, "where": MARK}
    values: Json = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    values["about"] = {"about": {"type": "checkboxes", "selected_options": [{"value": "pupil"}]}}
    metadata = json.dumps({"submission": f"submission-{number:06}", "danger": "no", "told": "no"})
    view = {
        "id": f"V{number}", "type": "modal", "callback_id": REPORT, "private_metadata": metadata, "team_id": TEAM,
        "app_installed_team_id": TEAM, "blocks": [], "state": {"values": values}, "hash": "1",
    }  # fmt: skip
    body = payloads._interaction("view_submission", user, "1.2.3")
    return {**body, "view": view, "response_urls": []}
