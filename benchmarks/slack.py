"""Slack: 50 events a second, of which some come twice, and a Slack that fails.

    python -m benchmarks.slack [--quick]

`askfirst serve` on SQLite, over HTTP, in a process of its own; the local Slack of the tests (tests/slack, which checks
every call and takes processor time for it) in another, on the same machine. 50 requests a second, signed as Slack signs
them: questions in direct messages, 5 % of them a filled-in concern form, 10 % of the requests sent twice.

"acknowledged" is until the answer to the request is there (for a concern: it is stored by then); "answered" until the
answer to a question is posted; "alerted" until the first alert about a concern is posted. In the second run a fifth of
the app's calls fails, and for a while all of them; then everything must still arrive, by Slack or by e-mail.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.findings import Raw
from benchmarks.receiver import Mailbox, receiving
from benchmarks.report import against, quantiles, say, table
from benchmarks.school import MARK, SLOW, write_base
from benchmarks.server import Installation, Process
from benchmarks.slack_load import Sent, let_in, load
from tests.slack.api import Call
from tests.slack.server import Slack

_ACKNOWLEDGED, _ANSWERED = 200.0, 500.0  # milliseconds at the 99th percentile


class AtSlack(Installation):
    """An installation with Slack set up."""

    slack: Mapping[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **self.slack}


class Timed(list[Call]):
    """Every call of the app, with the moment at which it was made."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def clear(self) -> None:
        self.at.clear()
        super().clear()

    def append(self, call: Call) -> None:
        self.at.append(time.perf_counter())
        super().append(call)


@dataclass(frozen=True)
class Result:
    """What came of one run. Each of `lost`, `doubled`, `leaked`, `refused` and `violations` should be nought."""

    sent: Sent
    answered: list[float]
    alerted: list[float]
    by_mail: int
    lost: int
    doubled: int
    leaked: int
    violations: int

    @property
    def wrong(self) -> int:
        return self.lost + self.doubled + self.leaked + self.violations


def main() -> int:
    """Print the tables; 1 where something was lost, doubled or leaked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="8 seconds instead of 60")
    quick = parser.parse_args().quick
    well = asyncio.run(_measured(8 if quick else 60, outage=0))
    print(_shown("Slack well", well, targets=True))
    ill = asyncio.run(_measured(8 if quick else 60, outage=5 if quick else 30))
    print(_shown("A fifth of the calls fails, and an outage", ill, targets=False))
    return 1 if well.wrong or well.sent.refused or ill.wrong else 0


async def _measured(seconds: int, outage: int) -> Result:
    slack = Slack()
    await slack.start()
    slack._api.calls = calls = Timed()
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made, receiving(Path(made), 0, 0.0) as mailbox:
        installation = AtSlack(Path(made), write_base(Path(made) / "base", SLOW), mailbox.port)
        installation.slack = {
            "SLACK_BOT_TOKEN": slack.token, "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
        }  # fmt: skip
        let_in(slack)
        server = Process(installation, "serve")
        try:
            await asyncio.to_thread(server.start)
            transport = slack.posts_to(f"http://127.0.0.1:{installation.port}/slack/events")
            sent = await load(slack, transport, seconds, outage)
            await _everything_arrived(calls, mailbox, sent, 60 if not outage else 240)
            result = _counted(slack, calls, mailbox, sent, Raw(installation))
        finally:
            await asyncio.to_thread(server.stop)
            await slack.stop()
        return result


async def _everything_arrived(calls: Timed, mailbox: Mailbox, sent: Sent, within: float) -> None:
    """Until every question is answered and every concern alerted about, or nothing more can be expected."""
    end = time.perf_counter() + within
    wanted = sum(map(len, sent.questions.values()))
    while time.perf_counter() < end:
        answers = sum(1 for _, call in _posted(calls) if _mark(call, "askfirst_answer"))
        if answers >= wanted and len(_alerts(calls, mailbox)) >= len(sent.logged):
            await asyncio.sleep(2)  # for what would come twice
            return
        await asyncio.sleep(0.5)
    say("  not everything has arrived in time")


def _posted(calls: Timed) -> list[tuple[float, Call]]:
    return [
        (at, call) for at, call in zip(calls.at, calls, strict=True) if call.method == "chat.postMessage" and call.ok
    ]


def _mark(call: Call, kind: str) -> str:
    metadata = call.arguments.get("metadata") or {}
    return str(metadata["event_payload"]["id"]) if metadata.get("event_type") == kind else ""


def _alerts(calls: Timed, mailbox: Mailbox) -> dict[str, float]:
    """The concerns about which an alert has arrived -> when it first did, on Slack; 0 where it came by e-mail."""
    found: dict[str, float] = {}
    for at, call in _posted(calls):
        text = str(call.arguments["text"])
        if _mark(call, "askfirst_notice") and "afeguarding concern" in text:
            found.setdefault(text.split()[-1], at)
    for letter in mailbox.letters():
        found.setdefault(letter.number, 0.0)
    return found


def _counted(slack: Slack, calls: Timed, mailbox: Mailbox, sent: Sent, raw: Raw) -> Result:
    posted = _posted(calls)
    answered, lost = [], 0
    by_channel: dict[str, list[float]] = defaultdict(list)
    for at, call in posted:
        if _mark(call, "askfirst_answer"):
            by_channel[str(call.arguments["channel"])].append(at)
    for channel, asked in sent.questions.items():
        answers = sorted(by_channel[channel])
        lost += max(0, len(asked) - len(answers))
        answered += [at - begun for at, begun in zip(answers, asked, strict=False)]
    notices = Counter(
        _mark(call, "askfirst_notice") for _, call in posted if "repeat" not in str(call.arguments["blocks"])
    )
    marks = Counter(_mark(call, "askfirst_answer") for _, call in posted)
    doubled = sum(count - 1 for counted in (notices, marks) for mark, count in counted.items() if mark)
    stored, alerts = raw.count("SELECT count(*) FROM concerns"), _alerts(calls, mailbox)
    raw.close()
    leaked = sum(MARK in json.dumps(call.arguments) for call in calls) + sum(
        MARK in each.raw for each in mailbox.letters()
    )
    begun = dict(zip(_numbers_in_order(calls), sorted(sent.logged.values()), strict=False))
    alerted = [at - begun[number] for number, at in alerts.items() if at and number in begun]
    return Result(
        sent, answered, alerted, sum(not at for at in alerts.values()),
        lost + max(0, len(sent.logged) - len(alerts)) + max(0, len(sent.logged) - stored),
        doubled + max(0, stored - len(sent.logged)), leaked, len(slack.violations),
    )  # fmt: skip


def _numbers_in_order(calls: Timed) -> list[str]:
    """The concerns in the order in which their receipts were posted, which is nearly that in which they were logged."""
    texts = [str(call.arguments["text"]) for call in calls if "You logged concern" in str(call.arguments.get("text"))]
    return list(dict.fromkeys(text.split("You logged concern ")[1].split(".")[0] for text in texts))


def _shown(title: str, result: Result, targets: bool) -> str:
    sent = result.sent
    counts = {
        "concerns alerted about by e-mail instead": result.by_mail,
        "not acknowledged, or a concern not logged": sent.refused,
        "lost": result.lost,
        "doubled": result.doubled,
        "leaked": result.leaked,
        "calls that Slack would not take": result.violations,
    }
    rows = [
        ["requests, of them concerns", f"{sent.requests}, {len(sent.logged)}"],
        ["acknowledged, median and 99th percentile", _times(sent.acknowledged, _ACKNOWLEDGED if targets else None)],
        ["answered, median and 99th percentile", _times(result.answered, _ANSWERED if targets else None)],
        ["alerted, median and 99th percentile", _times(result.alerted, None)],
        *([name, str(count)] for name, count in counts.items()),
    ]
    return table(title, ("", ""), rows)


def _times(seconds: list[float], target: float | None) -> str:
    if not seconds:
        return "-"
    median, most = quantiles(seconds)
    return f"{median:.0f} ms, {against(most, target, 'ms') if target else f'{most:.0f} ms'}"


if __name__ == "__main__":
    sys.exit(main())
