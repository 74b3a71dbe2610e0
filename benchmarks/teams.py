"""Teams: 50 activities a second, of which some come twice, and a Teams that fails.

    python -m benchmarks.teams [--quick]

`askfirst serve` on SQLite, over HTTP, in a process of its own; in another, on the same machine, a lean stand-in for
Teams' service, and the people of a school. Every fiftieth of a second one of them begins something: 95 % ask a question
in their own chat, 5 % log a concern, which takes three activities: the form is opened, its first screen is sent, then
its second. Of all activities 10 % come twice within a second. The 200 members of staff have added the app before, as
one must in Teams; it knows them.

"acknowledged" is until the 200 to a message, which is written down by then; "answered" until the answer to a question
is posted; "the next screen" until the form has opened or gone on, "logged" until it says so; "alerted" from sending the
form to the first alert about it. In the second run a fifth of the app's calls fails, and for a while all of them; then
everything must still arrive, by Teams or by e-mail. Every card that was posted is checked afterwards as in the tests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from adapters.chat.arriving import SORRY
from adapters.teams import MESSAGES
from benchmarks.findings import Raw
from benchmarks.receiver import Mailbox, receiving
from benchmarks.report import against, quantiles, say, table
from benchmarks.school import MARK, SLOW, write_base
from benchmarks.server import Installation, Process
from benchmarks.teams_load import Call, Crowd, Sent, Service
from bot.service.letters import REPEAT
from tests.teams import checks

_ANSWERED = 500.0  # milliseconds at the 99th percentile
_ALERT, _RECEIPT = "afeguarding concern ", "You logged concern "
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Result:
    """What came of one run. Each of `lost`, `doubled`, `leaked` and `violations` should be nought."""

    sent: Sent
    answered: list[float]
    alerted: list[float]
    by_mail: int
    given_up: int
    lost: int
    doubled: Mapping[str, int]
    leaked: int
    violations: int
    processor: float

    @property
    def wrong(self) -> int:
        return self.lost + sum(self.doubled.values()) + self.leaked + self.violations


def main() -> int:
    """Print the tables; 1 where something was lost, doubled or leaked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="4 seconds instead of 60")
    quick = parser.parse_args().quick
    seconds, staff = (4, 40) if quick else (60, 200)
    well = asyncio.run(_measured(seconds, staff, outage=0))
    print(_shown("Teams well", well, targets=True))
    ill = asyncio.run(_measured(seconds, staff, outage=2 if quick else 30))
    print(_shown("A fifth of the calls fails, and an outage", ill, targets=False))
    return 1 if well.wrong or well.sent.refused or well.sent.not_logged or ill.wrong else 0


async def _measured(seconds: int, staff: int, outage: int) -> Result:
    service = Service()
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made, receiving(Path(made), 0, 0.0) as mailbox:
        installation = Installation(Path(made), write_base(Path(made) / "base", SLOW), mailbox.port)
        server = Process(installation, "serve")
        async with service.listening(), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            try:
                await asyncio.to_thread(server.start)
                crowd = Crowd(service, session, _address(installation), staff)
                await crowd.join()
                used = _processor(server.pid)
                await crowd.work(seconds, outage)
                used = (_processor(server.pid) - used) / seconds
                await _everything_arrived(service.calls, mailbox, crowd.sent, 240 if outage else 60)
            finally:
                await asyncio.to_thread(server.stop)
        return _counted(service.calls, mailbox, crowd.sent, installation, used)


def _address(installation: Installation) -> str:
    """Where this start takes what Teams sends: while it is tried out, a secret stands in it."""
    said = installation.log.read_text(encoding="utf-8")
    return str(re.findall(rf"Teams, for this start alone: (http\S+{MESSAGES}/\S+)", said)[-1])


def _processor(process: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def _everything_arrived(calls: list[Call], mailbox: Mailbox, sent: Sent, within: float) -> None:
    """Until every question is answered and every concern alerted about, or nothing more can be expected."""
    end = time.perf_counter() + within
    wanted = sum(map(len, sent.questions.values()))
    while time.perf_counter() < end:
        if len(_answers(calls)) >= wanted and _alerts(calls, mailbox).keys() >= sent.logged.keys():
            await asyncio.sleep(2)  # for what would come twice
            return
        await asyncio.sleep(0.5)
    say("  not everything has arrived in time")


def _posted(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.name in ("send", "reply") and call.status == 201]


def _answers(calls: list[Call]) -> list[Call]:
    """Answers to questions: what was posted besides alerts, receipts and excuses."""
    own = (_ALERT, _RECEIPT, SORRY[:40])
    return [call for call in _posted(calls) if not any(words in str(call.body.get("summary")) for words in own)]


def _alerts(calls: list[Call], mailbox: Mailbox) -> dict[str, float]:
    """The concerns about which an alert has arrived -> when it first did, in Teams; 0 where it came by e-mail."""
    found: dict[str, float] = {}
    for call in _posted(calls):
        if _ALERT in (summary := str(call.body.get("summary"))):
            found.setdefault(summary.split()[-1], call.at)
    for letter in mailbox.letters():
        found.setdefault(letter.number, 0.0)
    return found


def _counted(calls: list[Call], mailbox: Mailbox, sent: Sent, installation: Installation, used: float) -> Result:
    answered, unanswered, extra = _matched(_answers(calls), sent)
    alerts, raw = _alerts(calls, mailbox), Raw(installation)
    stored = raw.count("SELECT count(*) FROM concerns")
    raw.close()
    unheard = len(sent.logged.keys() - alerts.keys())
    return Result(
        sent=sent,
        answered=answered,
        alerted=[at - sent.logged[number] for number, at in alerts.items() if at and number in sent.logged],
        by_mail=sum(not at for at in alerts.values()),
        given_up=sum(SORRY[:40] in str(call.body.get("summary")) for call in _posted(calls)),
        lost=unanswered + unheard + max(0, len(sent.logged) - stored),
        doubled={
            "answers": extra,
            "letters": _doubled_letters(calls),
            "concerns": max(0, stored - len(sent.logged)),
            "receipts": sent.receipts_twice,
        },
        leaked=_leaks(calls, mailbox, installation),
        violations=_violations(calls),
        processor=used,
    )


def _matched(answers: list[Call], sent: Sent) -> tuple[list[float], int, int]:
    """Seconds until each answer, chat by chat; how many are missing, and how many there are too many."""
    by_chat: dict[str, list[float]] = defaultdict(list)
    for call in answers:
        by_chat[call.conversation].append(call.at)
    took, missing, extra = list[float](), 0, 0
    for chat in sent.questions.keys() | by_chat.keys():
        asked, came = sent.questions.get(chat, []), sorted(by_chat[chat])
        missing, extra = missing + max(0, len(asked) - len(came)), extra + max(0, len(came) - len(asked))
        took += [at - begun for at, begun in zip(came, asked, strict=False)]
    return took, missing, extra


def _doubled_letters(calls: list[Call]) -> int:
    """Alerts and receipts that one person was sent again without a word that it is a repeat."""
    letters = [call for call in _posted(calls) if any(w in str(call.body.get("summary")) for w in (_ALERT, _RECEIPT))]
    first = Counter((call.conversation, call.body["summary"]) for call in letters if REPEAT not in str(call.body))
    return sum(count - 1 for count in first.values())


def _leaks(calls: list[Call], mailbox: Mailbox, installation: Installation) -> int:
    """Where something stands that somebody typed into a form: calls, letters, the log, the raw database."""
    files = [installation.log, *(path for path in installation.data.rglob("*") if path.is_file())]
    return (
        sum(MARK in json.dumps(call.body) for call in calls)
        + sum(MARK in letter.raw for letter in mailbox.letters())
        + sum(MARK.encode() in path.read_bytes() for path in files)
    )


def _violations(calls: list[Call]) -> int:
    """What Teams would not have taken, or not taken kindly."""
    sent = [call for call in calls if call.name not in ("member", "members")]
    found = [fault for call in sent for fault in checks.of_activity(call.body, call.conversation, lambda _: True)]
    found += [f"{call.name}: {call.status}" for call in calls if 400 <= call.status < 500]
    for fault, count in Counter(found).most_common(5):
        say(f"  {count} times: {fault}")
    return len(found)


def _shown(title: str, result: Result, targets: bool) -> str:
    sent = result.sent
    counts = {
        "concerns alerted about by e-mail instead": result.by_mail,
        "presses that were told that nothing was logged": sent.not_logged,
        "not acknowledged, or no next screen": sent.refused,
        "questions given up, and their sender told so": result.given_up,
        "**lost**": result.lost,
        **{f"**doubled: {what}**": count for what, count in result.doubled.items()},
        "**leaked**": result.leaked,
        "**calls that Teams would not take**": result.violations,
    }
    asked = sum(map(len, sent.questions.values()))
    rows = [
        ["activities, of them sent twice", f"{sent.activities}, {sent.repeated}"],
        ["questions, concerns logged", f"{asked}, {len(sent.logged)}"],
        ["acknowledged, median and 99th percentile", _times(sent.acknowledged, None)],
        ["answered, median and 99th percentile", _times(result.answered, _ANSWERED if targets else None)],
        ["the next screen, median and 99th percentile", _times(sent.dialogs, None)],
        ["logged, median and 99th percentile", _times(sent.stored, None)],
        ["alerted, median and 99th percentile", _times(result.alerted, None)],
        ["processor of the app, of one core", f"{result.processor:.0%}"],
        *([name, str(count)] for name, count in counts.items()),
    ]
    return table(title, ("", ""), rows, "Every row in bold should be 0.")


def _times(seconds: list[float], target: float | None) -> str:
    if not seconds:
        return "-"
    median, most = quantiles(seconds)
    return f"{median:.0f} ms, {against(most, target, 'ms') if target else f'{most:.0f} ms'}"


if __name__ == "__main__":
    sys.exit(main())
