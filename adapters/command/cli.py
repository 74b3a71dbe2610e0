"""askfirst <verb>: arguments and environment in, exit status out. The one boundary that prints errors.

The channels hand themselves in (see adapters.command.main). What only one verb needs is loaded by that verb,
 so that a question is answered within a second.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.command import teams
from adapters.command.ask import answer_lines, ask, why
from adapters.command.tip_arguments import add_arguments
from adapters.teams.package import PackageRequest
from bot.errors import AskFirstError
from bot.knowledge import KnowledgeError, School, load
from bot.messages import Reply
from bot.service.live import LiveBase, find_encoder
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.service.delivery import Reach


@dataclass(frozen=True)
class Channels:
    """What the adapters lend to the command line."""

    render: Callable[[Reply], str]
    chat: Callable[[Settings], None]
    serve: Callable[[Settings], None]
    work: Callable[[Settings], None]
    concern: Callable[[Settings], None]
    receipt: Callable[[Settings, str, bool], None]
    inbox: Callable[[Settings, str, str, str], None]
    slack_manifest: Callable[[Settings, bool], str]
    teams_package: Callable[[Settings, PackageRequest], str]
    reach: Callable[[Settings, School], Mapping[str, Reach]]


def main(channels: Channels, arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when all is well, 1 on faults, 2 on unusable arguments."""
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("askfirst").setLevel(logging.INFO)
    try:
        return _run(parsed, read_settings(os.environ), channels)
    except AskFirstError as fault:
        print(f"askfirst: {fault}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of a pipe went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    verbs: dict[str, Callable[[], int]] = {
        "ask": lambda: _ask(parsed, settings, channels),
        "chat": lambda: _started(channels.chat, settings),
        "serve": lambda: _started(channels.serve, settings),
        "check": lambda: _check(parsed, settings),
        "score": lambda: _score(parsed, settings),
        "gaps": lambda: _gaps(parsed, settings),
        "doctor": lambda: _doctor(settings, channels),
        "work": lambda: _started(channels.work, settings),
        "concern": lambda: _started(channels.concern, settings),
        "receipt": lambda: _receipt(parsed, settings, channels),
        "inbox": lambda: _inbox(parsed, settings, channels),
        "inbox-link": lambda: _inbox_link(parsed, settings),
        "slack": lambda: _slack(parsed, settings, channels),
        "teams": lambda: _teams(parsed, settings, channels),
        "audit": lambda: _audit(parsed, settings),
        "keys": lambda: _keys(parsed, settings),
        "tips": lambda: _tips(parsed, settings),
    }
    return verbs[parsed.verb]()


def _ask(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    base = LiveBase(settings).current()
    now = dt.datetime.now(dt.UTC)
    if parsed.json:
        source: int | str = sys.stdin.fileno() if parsed.json == "-" else parsed.json
        # Bytes that are no text become replacement marks: one bad line must not cost the rest.
        with open(source, encoding="utf-8", errors="replace", closefd=parsed.json != "-") as lines:
            for line in answer_lines(base, lines, now):
                print(line, flush=True)
        return 0
    text = " ".join(parsed.text)
    print(why(base, text) if parsed.why else ask(base, text, now, channels.render))
    return 0


def _started(start: Callable[[Settings], None], settings: Settings) -> int:
    start(settings)
    return 0


def _check(parsed: argparse.Namespace, settings: Settings) -> int:
    from bot.answering.checking import check

    folder = Path(parsed.folder).resolve() if parsed.folder else settings.knowledge
    today = dt.date.fromisoformat(parsed.today) if parsed.today else dt.datetime.now(dt.UTC).date()
    knowledge = load(folder)
    faults = check(knowledge, find_encoder(settings), today, settings.cache)
    if faults:
        raise KnowledgeError(faults)
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    print(f"{folder}: no faults. {len(knowledge.entries)} entries, {phrasings} phrasings, {len(knowledge.tips)} tips.")
    return 0


def _score(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.score import score

    base = LiveBase(settings).current()
    print(score(base, [Path(path) for path in parsed.files], dt.datetime.now(dt.UTC), verbose=parsed.verbose))
    return 0


def _gaps(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.gaps import gaps_report
    from bot.store import open_for

    base = LiveBase(settings).current()
    talk = open_for(settings).talk(base.knowledge.school.id)
    print(f"{talk.forget_gaps()} gaps forgotten." if parsed.forget else gaps_report(base, talk.gaps()))
    return 0


def _doctor(settings: Settings, channels: Channels) -> int:
    from adapters.command.doctor import examine

    well, lines = examine(settings, lambda school: channels.reach(settings, school), dt.datetime.now(dt.UTC))
    print("\n".join(lines))
    return 0 if well else 1


def _audit(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.audit import audit, verify

    whole, lines = verify(settings) if parsed.action == "verify" else (True, audit(settings))
    print("\n".join(lines))
    return 0 if whole else 1


def _keys(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.keys import rotate
    from bot.store import new_key

    print(new_key() if parsed.action == "new" else rotate(settings))
    return 0


def _tips(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.tips import tips

    print(tips(parsed, settings, dt.datetime.now(dt.UTC)))
    return 0


def _receipt(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    channels.receipt(settings, parsed.receipt, parsed.add)
    return 0


def _inbox(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    channels.inbox(settings, parsed.person, parsed.number, parsed.action)
    return 0


def _slack(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    print(channels.slack_manifest(settings, parsed.socket))
    return 0


def _teams(parsed: argparse.Namespace, settings: Settings, channels: Channels) -> int:
    print(channels.teams_package(settings, teams.read_request(parsed)))
    return 0


def _inbox_link(parsed: argparse.Namespace, settings: Settings) -> int:
    from adapters.command.inbox_link import inbox_link

    print(inbox_link(settings, parsed.person, dt.datetime.now(dt.UTC)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="askfirst", description="The chatbot that school staff ask before they act.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asking = verbs.add_parser("ask", help="answer one question, or one JSON object a line")
    asking.add_argument("text", nargs="*", help="the question")
    asking.add_argument("--json", metavar="FILE", help='lines of {"id", "text"} from a file, or - for standard input')
    asking.add_argument("--why", action="store_true", help="explain the decision instead of answering")
    verbs.add_parser("chat", help="talk to the bot in the terminal")
    verbs.add_parser("serve", help="start the web page and every channel that is set up")
    checking = verbs.add_parser("check", help="list every fault of the knowledge base")
    checking.add_argument("folder", nargs="?", help="the knowledge folder (default: the one in use)")
    checking.add_argument("--today", metavar="DATE", help="judge review dates as on this day (YYYY-MM-DD)")
    scoring = verbs.add_parser("score", help="run labelled questions and print the figures")
    scoring.add_argument("files", nargs="+", metavar="FILE")
    scoring.add_argument("--verbose", action="store_true", help="list every question that went another way")
    gaps = verbs.add_parser("gaps", help="questions that nobody could answer, without names")
    gaps.add_argument("--forget", action="store_true", help="delete them once they are dealt with")
    verbs.add_parser("doctor", help="say what is set up and who can be reached")
    verbs.add_parser("concern", help="log a safeguarding concern in the terminal")
    receipt = verbs.add_parser("receipt", help="what has become of a concern that you logged")
    receipt.add_argument("receipt", metavar="RECEIPT")
    receipt.add_argument("--add", action="store_true", help="add something to it")
    inbox = verbs.add_parser("inbox", help="read and work on concerns in the terminal; every reading is recorded")
    inbox.add_argument("person", metavar="PERSON", help="who you are: the name in front of your line in school.yaml")
    inbox.add_argument("number", nargs="?", default="", metavar="NUMBER", help="of one concern (default: list them)")
    inbox.add_argument("action", nargs="?", default="", metavar="ACTION", help="acknowledge, note, close, export, ...")
    link = verbs.add_parser("inbox-link", help="print a link that signs somebody in to the inbox once")
    link.add_argument("person", metavar="PERSON", help="the name in front of their line in school.yaml")
    slack = verbs.add_parser("slack", help="print the manifest with which the Slack app is made")
    slack.add_argument("action", choices=("manifest",))
    slack.add_argument("--socket", action="store_true", help="for Socket Mode: no open port is needed")
    teams.add_arguments(verbs.add_parser("teams", help="write the package with which the Teams app is installed"))
    auditing = verbs.add_parser("audit", help="print the log of concerns without its content, or prove it unchanged")
    auditing.add_argument("action", nargs="?", choices=("print", "verify"), default="print")
    keys = verbs.add_parser("keys", help="make a key for ASKFIRST_KEYS, or seal everything again with the first one")
    keys.add_argument("action", choices=("new", "rotate"))
    add_arguments(verbs.add_parser("tips", help="the next twenty tips; skip, pin, pause and resume them"))
    verbs.add_parser("work", help="send alerts and tips only, beside other processes on the same database")
    return parser
