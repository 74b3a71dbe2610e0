"""A small bot of nobody's: it shows that the driver of the Playground works, without AskFirst."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"


def card(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions)}


def text(words: str) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True}


def attached(content: Json) -> Json:
    return {"contentType": CARD, "content": content}


BUTTONS = card(
    text("Did this help?"),
    {"type": "Input.Text", "id": "why", "label": "Why?"},
    actions=(
        {"type": "Action.Execute", "title": "Helpful", "verb": "helpful", "data": {"entry": "e-1"}},
        {"type": "Action.Submit", "title": "Not helpful", "data": {"verdict": "not helpful"}},
    ),
)


def one_of(name: str, label: str, style: str, *choices: str) -> Json:
    listed = [{"title": each, "value": each.lower()} for each in choices]
    return {"type": "Input.ChoiceSet", "id": name, "label": label, "style": style, "choices": listed}


def form(error: str = "", **typed: str) -> Json:
    """The dialog, as often as it is asked for: with an error beside the field where something is wrong."""
    fields: tuple[Json, ...] = (
        {"type": "Input.Text", "id": "what", "label": "What happened?", "isMultiline": True},
        *((text(error),) if error else ()),
        {"type": "Input.Text", "id": "where", "label": "Where was it?"},
        one_of("danger", "Is anybody in danger now?", "expanded", "Yes", "No"),
        one_of("lesson", "Which lesson?", "compact", "Art", "Drama"),
        {"type": "Input.Date", "id": "day", "label": "On which day?"},
        {"type": "Input.Time", "id": "time", "label": "At what time?"},
        {"type": "Input.Toggle", "id": "sure", "title": "I have read it through", "label": "Before you send it"},
    )
    filled = tuple(each | {"value": typed[each["id"]]} if typed.get(each.get("id", "")) else each for each in fields)
    content = card(*filled, actions=({"type": "Action.Submit", "title": "Send", "data": {"form": "concern"}},))
    value = {"title": "Log a concern", "height": 600, "width": 500, "card": attached(content)}
    return {"task": {"type": "continue", "value": value}}


@dataclass
class Bot:
    """What arrived, in order, and the answers to it."""

    received: list[Json] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/messages", self._messages)
        return app

    def of(self, kind: str) -> list[Json]:
        """What arrived of this type, or of this name where it is an invoke."""
        return [each for each in self.received if kind in (each["type"], each.get("name"))]

    async def tell(self, activity: Json, words: str) -> None:
        """Says something in the conversation of this activity that nobody asked for."""
        await _send(activity, {"type": "message", "text": words})

    async def _messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.received.append(activity)
        if activity["type"] == "invoke":
            return web.json_response(_invoked(activity))
        if activity["type"] == "message":
            await _send(activity, _answer(activity))
        return web.Response(status=201)


def _answer(activity: Json) -> Json:
    if activity.get("value"):
        return {"type": "message", "text": f"You chose: {activity['value']['verdict']}"}
    words = str(activity.get("text") or "").replace("<at>AskFirst</at>", "").strip()
    if words == "buttons":
        return {"type": "message", "attachments": [attached(BUTTONS)]}
    return {"type": "message", "text": f"You said: {words}"}


def _invoked(activity: Json) -> Json:
    value = activity["value"]
    if activity["name"] == "adaptiveCard/action":
        said = value["action"]["data"].get("why", "")
        return {"statusCode": 200, "type": CARD, "value": card(text(f"Thank you. {said}"))}
    if activity["name"] == "composeExtension/fetchTask":
        return form()
    typed = value["data"]
    if not typed.get("what"):
        return form("Say what happened.", **typed)
    return {"task": {"type": "message", "value": f"Logged: {typed['what']}"}}


async def _send(to: Json, activity: Json) -> None:
    at = f"{to['serviceUrl'].rstrip('/')}/v3/conversations/{to['conversation']['id']}/activities"
    filled = {**activity, "from": to["recipient"], "recipient": to["from"], "conversation": to["conversation"]}
    async with aiohttp.ClientSession() as session, session.post(at, json=filled) as answer:
        answer.raise_for_status()


class Served:
    """An app on a free loopback port, on a thread and loop of its own: the browser has the main one."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._started: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.Queue()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @contextmanager
    def running(self) -> Iterator[str]:
        """The address of POST /api/messages."""
        self._thread.start()
        self._loop, stop, port = self._started.get(timeout=10)
        try:
            yield f"http://127.0.0.1:{port}/api/messages"
        finally:
            self._loop.call_soon_threadsafe(stop.set)
            self._thread.join(timeout=10)

    def carry_out(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine on the app's own loop, and waits for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _run(self) -> None:
        runner, stop = web.AppRunner(self._app, shutdown_timeout=1), asyncio.Event()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._started.put((asyncio.get_running_loop(), stop, runner.addresses[0][1]))
        await stop.wait()
        await runner.cleanup()
