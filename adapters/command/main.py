"""The command `askfirst`: arguments and environment in, exit status out. The one boundary that prints errors.

A verb is a module of this package, with `add_arguments` and `run`, and a line in VERBS. Only the module of the verb
that was asked for is loaded: a question is answered within a second, and needs no other verb's libraries.
"""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Protocol, cast

from adapters.command.bounded_log import bound
from bot.errors import AskFirstError, FileError
from bot.settings import Settings, SettingsError, settings_with_faults
from bot.uncollected import uncollected

# The verbs in the order in which they are listed, with what --help says of each.
VERBS: Mapping[str, str] = {
    "ask": "answer one question, or one JSON object a line",
    "chat": "talk to the bot in the terminal",
    "serve": "start the web page and every channel that is set up",
    "work": "send alerts and tips only, beside other processes on the same database",
    "check": "list every fault of the knowledge base",
    "learn": "learn the knowledge base and keep it beside the base, so that every start is quick",
    "migrate-base": "bring a knowledge folder of AskFirst 0.1 into the form of today",
    "adopt": "begin a school of its own out of the shipped folder, with nothing approved",
    "approve": "read answers and approve their words, or take an approval back",
    "answers": "find, change, try, send and approve answers",
    "policy": "the school's own policy: put documents in and look them over; ask, approve and build its own",
    "ready": "are we ready? The school's review of itself: answer it, its plan, its PDF for governors",
    "score": "run labelled questions and print the figures",
    "gaps": "questions that nobody could answer, without names",
    "accounts": "ask for a new account or tool; the register of those that the school has",
    "doctor": "say what is set up and who can be reached",
    "concern": "log a safeguarding concern in the terminal",
    "receipt": "what has become of a concern that you logged",
    "inbox": "read and work on concerns in the terminal; every reading is recorded",
    "subject-access": "gather what is recorded under a name, for an answer to a subject access request",
    "inbox-link": "print a link that signs somebody in to the inbox once",
    "slack": "print the manifest with which the Slack app is made",
    "teams": "write the package with which the Teams app is installed, or what it is tried out with",
    "people": "whose accounts in Slack and Teams are kept; remove those of somebody who left",
    "audit": "print the log of concerns without its content, or prove it unchanged",
    "keys": "make a key for ASKFIRST_KEYS, seal everything anew with it, or go on after one was lost or leaked",
    "backup": "write the database into one file, while the server runs",
    "restore": "put a backup in the place of the database, while no server runs",
    "restored": "how it stands after that; let alerts go on, or hold them",
    "required": "what staff must read: the list of staff, what is set, who has read it; read and answer it here",
    "sheet": "print the sheet for the staff room: whom to ring",
    "tips": "the next twenty tips; skip, pin, pause and resume them",
}
# The variables whose faults stop a verb, by how their names begin; a verb that is not named here is stopped by each of
# them. Nobody is kept from an answer, or from logging a concern, by what only the server uses.
_PAGE = ("ASKFIRST_URL", "ASKFIRST_PORT", "PORT")
_STOPPED_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ask", "chat", "check", "learn", "score", "gaps", "doctor", "concern", "receipt", "inbox"), ()),
    **dict.fromkeys(("audit", "keys", "people", "tips", "approve", "adopt", "answers", "policy", "ready"), ()),
    **dict.fromkeys(("accounts", "backup", "restore", "restored", "sheet", "required", "subject-access"), ()),
    "inbox-link": _PAGE,
    "slack": _PAGE,
    "teams": ("ASKFIRST_URL", "TEAMS_"),
}
_LEARNING = frozenset(("learn", "check"))  # verbs that may take every processor
STOPPED = 130  # the exit status of a command that Ctrl-C ended, as shells have it


class Verb(Protocol):
    """What the module of a verb holds."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what may follow the verb."""

    def run(self, parsed: argparse.Namespace, settings: Settings) -> int:
        """Do it; the exit status. Raises AskFirstError with what the person is to be told."""


def main() -> None:
    """Entry point of the script."""
    sys.exit(run_verb(sys.argv[1:]))


def run_verb(arguments: Sequence[str]) -> int:
    """Run one verb; 0 when all is well, 1 on faults. Ends the process with 2 on unusable arguments."""
    _read_and_write_anything()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("askfirst").setLevel(logging.INFO)
    bound()
    try:
        if not _LEARNING & set(arguments):
            _leave_processors()
        parsed = _parser(arguments).parse_args(arguments)
        status: int = parsed.run(parsed, _settings_for(parsed.verb))
        return status
    except AskFirstError as fault:
        return _failed(fault)
    except BrokenPipeError:  # the reader of a pipe went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:  # of a file that somebody named, or that lies where a setting says; anything else is ours
        if fault.filename is None:
            raise
        return _failed(FileError(fault))
    except KeyboardInterrupt:
        print("askfirst: stopped", file=sys.stderr)
        return STOPPED


def _settings_for(verb: str) -> Settings:
    """What the environment says. Raises SettingsError with every fault of a variable that the verb uses."""
    settings = settings_with_faults(os.environ)
    used = _STOPPED_BY.get(verb, ("",))
    if stopping := [fault for fault in settings.faults if fault.stops and fault.name.startswith(used)]:
        raise SettingsError(stopping)
    return settings


def load_verb(name: str) -> Verb:
    """The module of a verb in VERBS."""
    with uncollected():
        return cast(Verb, importlib.import_module(f"adapters.command.{name.replace('-', '_')}"))


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """A parser that knows every verb by name, and the arguments of the one that was asked for."""
    parser = argparse.ArgumentParser(prog="askfirst", description="The chatbot that school staff ask before they act.")
    parser.add_argument("--version", action="version", version=f"askfirst {version('askfirst')}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asked = next((argument for argument in arguments if not argument.startswith("-")), "")
    for name, summary in VERBS.items():
        verb = verbs.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == asked:
            module = load_verb(name)
            module.add_arguments(verb)
            verb.set_defaults(run=module.run)
    return parser


def _leave_processors() -> None:
    """One question takes one processor: numpy's threads would take them all, and turn round and round while they wait.
    It reads this when it is loaded, so it must be said before."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")


def _failed(fault: AskFirstError) -> int:
    print(f"askfirst: {fault}", file=sys.stderr)
    return 1


def _read_and_write_anything() -> None:
    """What is typed in another encoding, or cannot be shown in this one, becomes replacement marks: a concern or an
    answer is never lost to a single letter."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
