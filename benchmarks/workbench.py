"""The answers workbench: how long after the press on "Approve" staff get the new words, while 50 of them ask.

    python -m benchmarks.workbench [--quick]

A real `askfirst serve` on SQLite with the sentence model, once with the shipped base (230 entries), once with 1,000:
the shipped ones, and others with eight ways of asking each. An author changes an answer on the page and sends it, the
DSL approves it there; what is timed is from the press on "Approve" (or "Take it out of use") until somebody who asks
for it on the page gets the new words. "at once" is a way of asking that is approved the moment it was sent, so that it
is learned only then; "learned while it waited" one that waited for its approval until the process that learns had
ended. Beside it 50 people ask, each from an address of their own, and ask the next thing five seconds after an answer:
what they wait for while something is learned stands beside what they wait for while nothing is. All of it is on one
machine, and the 50 and whatever is learned take their share of it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.crowd import Learned
from benchmarks.place import opened
from benchmarks.receiver import receiving
from benchmarks.report import CACHE, ROOT, against, quantiles, say, table
from benchmarks.reporter import Broken, Browser, Page
from benchmarks.server import Installation, Process, ProcessError, running, wait_for
from bot.errors import AskFirstError
from bot.knowledge import load
from bot.service.approving.signing import Signature, approval_of, keep

_ASKING, _PAUSE = 50, 5.0  # people, and seconds until each asks again
_WORDS, _ASKED = 2.0, 20.0  # seconds: the targets of words and of ways of asking
_FIRST, _AUTHOR, _DSL, _STAFF = 20_000, 30_000, 30_001, 30_002  # numbers of visitors: each has an address of its own
_ENTRY, _QUESTION = "trip-phone", "whose phone should pupils ring on a trip?"
_ANSWERS = "/inbox/answers"
# Of another shape each: a way of asking that was learned in one round would answer one like it in the next.
_FRAMES = (
    "who must sign for a {} on the way to {}", "may the {} be kept by the {}", "how long does a {} wait behind the {}",
    "what becomes of our {} once {} has left", "where do I put the {} after {}", "does {} count where {} was lent",
    "has anybody a {} that fits {}", "is there a {} for those without {}", "when is {} read out before {}",
    "which {} goes beside the {}",
)  # fmt: skip
_QUESTIONS = (
    "can I friend an ex-pupil on facebook?", "can parents have my mobile number", "may I give a pupil a lift home",
    "is it ok to post photos of the school trip on my own page", "who do I tell when I lost a memory stick",
)  # fmt: skip


@dataclass
class Times:
    """Seconds: from the press until the new words, by what was changed; and for the answers of the 50, by whether
    something was being learned."""

    live: dict[str, list[float]] = field(default_factory=dict)
    quiet: list[float] = field(default_factory=list)
    learning: list[float] = field(default_factory=list)
    refused: int = 0


class Form(HTMLParser):
    """What a browser would send of the form of a draft, and where the page says who may go on."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside, self._named, self._select = False, "", ""
        self.feed(page.body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "draft"
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._named, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._named:
            self.fields[self._named] = self.fields[self._named].removeprefix("\n")
            self._named = ""
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._named:
            self.fields[self._named] += data


class Person:
    """Somebody of the school who is signed in."""

    def __init__(self, installation: Installation, who: str, visitor: int) -> None:
        self._browser = Browser(installation.port, visitor)
        with opened(installation) as store:
            link = store.sign_in(installation.school.id).make_link(who, installation.now())
        offered = self._browser.get(f"/inbox/enter?token={link}")
        self._browser.post({**offered.hidden, "token": link}, "/inbox/enter")

    def get(self, path: str) -> Page:
        """A page, which must be there."""
        page = self._browser.get(path)
        if page.status != 200:
            raise ProcessError(f"{path} answered {page.status}")
        return page

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """A form, which must be taken."""
        page = self._browser.post(fields, path)
        if page.status != 303:
            raise ProcessError(
                f"{path} answered {page.status}: {' '.join(re.findall(r'class=.wrong.>([^<]+)', page.body))}"
            )
        return page


@dataclass
class Desk:
    """An author, an approver, and somebody who asks."""

    installation: Installation
    author: Person
    approver: Person
    staff: Iterator[int]
    learning: threading.Event

    def sent(self, **changes: str) -> str:
        """A change of the entry, sent for approval; what is typed into a list is a line more. The draft's id."""
        page = self.author.get(f"{_ANSWERS}/entries/{_ENTRY}")
        self.author.post(f"{_ANSWERS}/entries/{_ENTRY}", {"token": page.hidden["token"], "action": "edit"})
        mine = self.author.get(f"{_ANSWERS}/entries/{_ENTRY}")
        draft: str = re.findall(rf"{_ANSWERS}/drafts/(\w{{32}})", mine.body)[0]
        form = Form(self.author.get(f"{_ANSWERS}/drafts/{draft}")).fields
        more = {name: f"{form[name]}\n{text}" if name == "phrasings" else text for name, text in changes.items()}
        self.author.post(f"{_ANSWERS}/drafts/{draft}", {**form, **more, "action": "send"})
        return draft

    def approved(self, draft: str) -> float:
        """Somebody presses; when."""
        page = self.approver.get(f"{_ANSWERS}/waiting/{draft}")
        digest = re.findall(r'name="digest" value="(\w+)"', page.body)[0]
        fields = {"token": page.hidden["token"], "action": "approve", "digest": digest, "review_by": ""}
        begun = time.perf_counter()
        self.approver.post(f"{_ANSWERS}/waiting/{draft}", fields)
        return begun

    def taken_out(self) -> float:
        """The DSL takes it out of use; when."""
        path = f"{_ANSWERS}/entries/{_ENTRY}"
        fields = {"token": self.approver.get(path).hidden["token"], "action": "take-out", "reason": "For a benchmark."}
        begun = time.perf_counter()
        self.approver.post(path, fields)
        return begun

    def asks(self, question: str) -> str:
        """What somebody gets who has not asked before; empty where they were held back."""
        staff = Browser(self.installation.port, next(self.staff))
        token = staff.get("/").hidden.get("token", "")
        page = staff.post({"token": token, "action": "ask", "text": question}, "/")
        return page.body if page.status == 200 else ""

    def until(self, begun: float, question: str, shows: Callable[[str], bool]) -> float:
        """How long after the press somebody who asks is shown this."""
        wait_for(lambda: bool(said := self.asks(question)) and shows(said), "the new words", 600, every=0.2)
        return time.perf_counter() - begun


def main() -> int:
    """Print the tables; 1 where something could not be measured. A missed target is printed as missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="the shipped base alone, and fewer edits")
    parser.add_argument("--entries", type=int, nargs="+", default=[], help="these sizes of a base alone")
    parsed = parser.parse_args()
    sizes = parsed.entries or ([0] if parsed.quick else [0, 1000])
    try:
        for size in sizes:
            with _served(size) as (installation, entries):
                times = _measured(installation, 1 if parsed.quick else 5)
            print(_shown(times, entries), flush=True)
    except (ProcessError, AskFirstError, *Broken) as fault:
        say(str(fault))
        return 1
    return 0


@contextmanager
def _served(size: int) -> Iterator[tuple[Installation, int]]:
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made:
        folder = Path(made)
        base = folder / "base"
        shutil.copytree(ROOT / "knowledge", base)
        entries = _filled_up(base, size)
        with receiving(folder) as mailbox:
            installation = Learned(folder, base, mailbox.port)
            _lend(installation.data / "cache")
            with running(Process(installation, "serve")):
                yield installation, entries
            _keep(installation.data / "cache", size)


def _lend(cache: Path) -> None:
    """What was learned by the last run, and of the shipped base: lent, so that nothing there is written or removed."""
    cache.mkdir()
    for place in (ROOT / "data" / "cache", CACHE / "workbench"):
        for kept in place.glob("*") if place.is_dir() else ():
            if kept.name.startswith(("fitted-", "lessons-", "sentences-")) and not (cache / kept.name).exists():
                (cache / kept.name).symlink_to(kept.resolve())


def _keep(cache: Path, size: int) -> None:
    """The larger base takes a while to be learned: once."""
    kept = CACHE / "workbench"
    kept.mkdir(parents=True, exist_ok=True)
    for each in cache.glob("lessons-*") if size else ():
        if not each.is_symlink():
            shutil.copy(each, kept / each.name)


def _filled_up(base: Path, size: int) -> int:
    """As many entries as that, where it is more than are shipped: each of the others has eight ways of asking, put
    together by chance from words that the shipped ones are asked with."""
    knowledge = load(base)
    wanted = size - len(knowledge.entries)
    if wanted <= 0:
        return len(knowledge.entries)
    draw = random.Random(11)
    words = sorted({word for each in knowledge.entries.values() for text in each.texts for word in text.split()})
    # What cites a clause that nobody has read against its document is not served.
    clauses = sorted(name for name, clause in knowledge.clauses.items() if not clause.hold)
    names = [f"made-up-{number}" for number in range(wanted)]
    made = [_made_up(name, draw, words, clauses) for name in names]
    text = yaml.safe_dump({"entries": made}, allow_unicode=True, sort_keys=False)
    (base / "entries" / "made-up.yaml").write_text(text, encoding="utf-8")
    found = load(base, approved=False)
    by = Signature("Ms Amara Bello", "dsl", dt.date(2026, 9, 1), None, True)
    keep(base, [approval_of(found.entries[name], by, ()) for name in names], True)
    return len(found.entries)


def _made_up(name: str, draw: random.Random, words: list[str], clauses: list[str]) -> dict[str, object]:
    subject = " ".join(draw.sample(words, 3))
    ways = [f"{' '.join(draw.sample(words, 4))} {subject} {number}" for number in range(8)]
    said = "Ask the office before you do that."
    return {
        "id": name, "title": f"About {subject} {name}", "ruling": "ask-first", "badge": f"Ask first {name}",
        "answer": said, "cites": [draw.choice(clauses)], "phrasings": {"own": ways},
    }  # fmt: skip


def _measured(installation: Installation, rounds: int) -> Times:
    times, over, learning = Times(), threading.Event(), threading.Event()
    desk = Desk(
        installation, Person(installation, "deputy-2", _AUTHOR), Person(installation, "dsl", _DSL),
        itertools.count(_STAFF), learning,
    )  # fmt: skip
    askers = [
        threading.Thread(target=_ask, args=(installation.port, number, over, learning, times))
        for number in range(_ASKING)
    ]
    for each in askers:
        each.start()
    try:
        time.sleep(20)
        for number in range(rounds):
            say(f"  round {number + 1} of {rounds}")
            for what, seconds in _one_round(desk, number):
                times.live.setdefault(what, []).append(seconds)
    finally:
        over.set()
        for each in askers:
            each.join()
    return times


def _one_round(desk: Desk, number: int) -> Iterator[tuple[str, float]]:
    mark = f"Benchmark note {number}."
    draft = desk.sent(note=mark)
    yield "words", desk.until(desk.approved(draft), _QUESTION, lambda page: mark in page)
    for what in ("a way of asking, at once", "a way of asking, learned while it waited"):
        draws = random.Random(f"{number} {what}")
        asked = _FRAMES[(2 * number + what.endswith("waited")) % len(_FRAMES)].format(_noun(draws), _noun(draws))
        if mark in desk.asks(asked):
            raise ProcessError(f"“{asked}” was answered before anybody wrote it")
        desk.learning.set()
        draft = desk.sent(phrasings=asked)
        if what.endswith("waited"):
            wait_for(lambda: not _learns(desk.installation), "the process that learns to end", 900, every=0.5)
            desk.learning.clear()
        yield what, desk.until(desk.approved(draft), asked, lambda page: mark in page)
        wait_for(lambda: not _learns(desk.installation), "the process that learns to end", 900, every=0.5)
        desk.learning.clear()
    yield "out of use", desk.until(desk.taken_out(), _QUESTION, lambda page: mark not in page)
    _put_back(desk)


def _noun(draws: random.Random) -> str:
    """A word that no base knows."""
    return "".join(draws.choice("bdfgklmprstvz") + draws.choice("aeiou") for _ in range(3)) + draws.choice("lmnrtx")


def _put_back(desk: Desk) -> None:
    """Somebody else approves it again."""
    head = Person(desk.installation, "head", _FIRST - 1)
    wait_for(lambda: f"file:{_ENTRY}" in head.get(f"{_ANSWERS}/waiting").body, "it to wait", 60, every=0.5)
    page = head.get(f"{_ANSWERS}/waiting/file:{_ENTRY}")
    digest = re.findall(r'name="digest" value="(\w+)"', page.body)[0]
    ticks = {f"tick-{tick}": "yes" for tick in range(page.body.count('id="tick-'))}
    fields = {"token": page.hidden["token"], "action": "approve", "digest": digest, "review_by": "", **ticks}
    head.post(f"{_ANSWERS}/waiting/file:{_ENTRY}", fields)
    wait_for(lambda: "Benchmark note" in desk.asks(_QUESTION), "the answer to be back", 60, every=0.2)


def _learns(installation: Installation) -> bool:
    """Whether a process learns for this server."""
    return any(
        b"bot.service.live.learning" in said and str(installation.data).encode() in _environment(process)
        for process in Path("/proc").glob("[0-9]*")
        if (said := _read(process / "cmdline"))
    )


def _environment(process: Path) -> bytes:
    return _read(process / "environ")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _ask(port: int, number: int, over: threading.Event, learning: threading.Event, times: Times) -> None:
    """One of the 50."""
    browser = Browser(port, _FIRST + number)
    over.wait(random.Random(number).uniform(0, _PAUSE))
    token = ""
    for question in itertools.islice(itertools.cycle(_QUESTIONS), number, None):
        if over.wait(_PAUSE):
            return
        try:
            token = token or browser.get("/").hidden["token"]
            page = browser.post({"token": token, "action": "ask", "text": question}, "/")
        except Broken:
            times.refused += 1
            continue
        if page.status == 200:
            (times.learning if learning.is_set() else times.quiet).append(page.seconds)
        else:
            times.refused += 1


def _target(what: str) -> float:
    return _ASKED if what.startswith("a way") else _WORDS


def _shown(times: Times, entries: int) -> str:
    rows = [
        (what, f"{sorted(taken)[len(taken) // 2]:.1f} s", against(max(taken), _target(what), "s"), str(len(taken)))
        for what, taken in times.live.items()
    ]
    waited = [
        f"{name}: p50 {quantiles(taken)[0]:.0f} ms, p99 {quantiles(taken)[1]:.0f} ms of {len(taken)}"
        for name, taken in (("nothing is learned", times.quiet), ("something is learned", times.learning))
        if taken
    ]
    notes = f"What the {_ASKING} waited for an answer while {'; while '.join(waited)}. Not answered: {times.refused}."
    return table(f"{entries} entries, {_ASKING} ask", ("changed", "live, middle", "slowest", "times"), rows, notes)


if __name__ == "__main__":
    sys.exit(main())
