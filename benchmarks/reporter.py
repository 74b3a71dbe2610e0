"""A member of staff at the page: opens the form, fills it in, and presses the button until a receipt is shown."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.school import Answers

_RECEIPT = re.compile(r'class="receipt">\s*([0-9A-Z]{5}-[0-9A-Z]{5})\s*<')
_PATIENCE = 60.0  # seconds that the browser waits for an answer
_FIRST = ("danger", "told")
Broken = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Page:
    """What the browser shows after one press: the status, the text, how many seconds it took."""

    status: int
    body: str
    seconds: float

    @property
    def receipt(self) -> str:
        """The receipt on it; empty where it shows none."""
        found = _RECEIPT.search(self.body)
        return found[1] if found and self.status == 200 else ""

    @property
    def hidden(self) -> dict[str, str]:
        """What the form on it carries along unseen."""
        reader = _Hidden()
        reader.feed(self.body)
        return reader.found


class Browser:
    """One visitor, at an address of their own: the page holds back whoever sends too much from one."""

    def __init__(self, port: int, visitor: int) -> None:
        self._port = port
        self._address = f"127.{1 + visitor // 62_500 % 250}.{visitor // 250 % 250}.{2 + visitor % 250}"
        self._cookies: SimpleCookie = SimpleCookie()

    @property
    def cookies(self) -> tuple[str, ...]:
        """The values of its cookies."""
        return tuple(each.value for each in self._cookies.values())

    def get(self, path: str) -> Page:
        """Open a page. Raises one of Broken where the connection broke."""
        return self._ask("GET", path, None)

    def post(self, fields: Mapping[str, str | tuple[str, ...]], path: str = "/concern") -> Page:
        """Send a form. Raises one of Broken where the connection broke."""
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Page:
        headers = {"Cookie": "; ".join(f"{each.key}={each.value}" for each in self._cookies.values())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=_PATIENCE, source_address=(self._address, 0)
        )
        begun = time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        self._cookies.load(response.headers.get("Set-Cookie", ""))
        return Page(response.status, text, time.perf_counter() - begun)


@dataclass
class Told:
    """What one member of staff went through with one form: presses of the button, those that reached nobody (`away`),
    whose answer was cut off (`broken`), that were answered by a page without a receipt (`refused`), and by one that did
    not even say that nothing was logged (`vague`)."""

    number: int
    answers: Answers
    receipts: list[str] = field(default_factory=list)
    presses: int = 0
    away: int = 0
    broken: int = 0
    refused: int = 0
    vague: int = 0
    first_press: float = 0.0
    last_press: float = 0.0
    finished: float = 0.0

    @property
    def receipt(self) -> str:
        return self.receipts[0] if self.receipts else ""


class Reporter:
    """Fills in one form. `pause` is called before each new try, and may end it by raising."""

    def __init__(self, browser: Browser, told: Told, pause: Callable[[], None]) -> None:
        self._browser, self._told, self._pause = browser, told, pause
        self.form: dict[str, str | tuple[str, ...]] = {}

    def open(self) -> None:
        """Up to what was written on the screen once more, checked and not yet sent."""
        first = self._until_shown(lambda: self._browser.get("/concern"))
        answers = {name: self._told.answers[name] for name in _FIRST}
        report = self._until_shown(lambda: self._browser.post({**first.hidden, **answers}))
        checked = self._until_shown(lambda: self._browser.post({**self._told.answers, **report.hidden}))
        self.form = {**checked.hidden, **self._told.answers}

    def send(self, twice: bool = False) -> Told:
        """Press the button until a receipt is shown; with `twice`, the first time as an impatient double click."""
        self._told.first_press = time.time()
        while not self._told.receipts:
            if self._told.presses:
                self._pause()
            self._told.last_press = time.time()
            if twice and not self._told.presses:
                second = threading.Thread(target=self.press)
                second.start()
                self.press()
                second.join()
            else:
                self.press()
        self._told.finished = time.time()
        return self._told

    def press(self) -> Page | None:
        """Press the button once; None where the connection broke."""
        self._told.presses += 1
        try:
            page = self._browser.post(self.form)
        except ConnectionRefusedError:
            self._told.away += 1
            return None
        except Broken:
            self._told.broken += 1
            return None
        if page.receipt:
            self._told.receipts.append(page.receipt)
        else:
            self._told.refused += 1
            self._told.vague += "NOT logged" not in page.body
            self.form = {**page.hidden, **self._told.answers}
        return page

    def _until_shown(self, ask: Callable[[], Page]) -> Page:
        while True:
            try:
                page = ask()
            except Broken:
                self._pause()
                continue
            if page.status == 200 and page.hidden:
                return page
            self._pause()


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found[str(given.get("name"))] = given.get("value") or ""
