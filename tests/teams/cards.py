"""What is wrong with an Adaptive Card, by Microsoft's own word: its schema, its parser, and the limits of Teams.

No npm package ships adaptive-card.json past version 1.0. What Microsoft does ship are the types of every card that
Teams draws (@microsoft/teams.cards): they are made into a JSON schema once, and kept beside the packages. They know
more than version 1.5 does; what is too new for it is found by the parser (adaptivecards), which is told the version.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import jsonschema
from jsonschema.exceptions import ValidationError

from tests.branches import any_of
from tests.browsing import ROOT, missing

PACKAGES = ROOT / "node_modules"
TYPES = PACKAGES / "@microsoft" / "teams.cards" / "dist" / "core.d.ts"
GENERATOR = PACKAGES / "ts-json-schema-generator" / "bin" / "ts-json-schema-generator.js"
PARSER = PACKAGES / "adaptivecards" / "dist" / "adaptivecards.js"
MOST_BYTES, MOST_ACTIONS, MOST_USERS = 28 * 1024, 6, 60
NEWEST_VERSION = (1, 5)
NOT_SHOWN = frozenset({"data", "fallback", "msteams"})  # what stands there may repeat ids, or is no element at all

# One card a line in, one list of faults a line out. The parser counts actions by its own limit (5), and knows the
# people picker from version 1.6 on only, and not without choices; Teams takes it so from 1.2 on.
PARSE = """
const cards = require(process.argv[1]);
const faultsOf = (json) => {
  const context = new cards.SerializationContext(cards.Versions.v1_5);
  const card = new cards.AdaptiveCard();
  card.hostConfig = new cards.HostConfig({actions: {maxActions: 0}});
  card.parse(json, context);
  const parsed = Array.from({length: context.eventCount}, (_, index) => context.getEventAt(index));
  const every = parsed.concat(card.validateProperties().validationEvents);
  return every.map((each) => each.message);
};
const withoutPicker = (_, each) => {
  if (!each?.['choices.data']) return each;
  const {'choices.data': picker, ...rest} = each;
  return {...rest, choices: [{title: 'somebody', value: 'somebody'}]};
};
require('readline').createInterface({input: process.stdin}).on('line', (line) => {
  process.stdout.write(JSON.stringify(faultsOf(JSON.parse(line, withoutPicker))) + '\\n');
});
"""


def faults_of(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Every fault of this card, each with the place where it stands; nothing where Teams takes it.

    Skips the test that asks where the packages from npm are missing, and fails it in CI.
    """
    return _faults_of(json.dumps(card))


@lru_cache(maxsize=1024)
def _faults_of(written: str) -> tuple[str, ...]:
    card = json.loads(written)
    return (*limit_faults(card), *schema_faults(card), *parser_faults(card))


def limit_faults(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the card goes past what Teams documents for cards from bots. Needs nothing from npm."""
    return tuple(_past_limits(card))


def schema_faults(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the card leaves the published types: a misspelt name, a wrong value, something that must be there."""
    found = _validator().iter_errors(json.loads(json.dumps(card)))
    return tuple(fault for error in found for fault in _told(error))


def parser_faults(card: Mapping[str, Any]) -> tuple[str, ...]:
    """What Microsoft's parser complains of when it is told to read the card as version 1.5."""
    return tuple(_parser().faults_of(card))


def elements(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The card, and all elements, actions and cards within it that can come before somebody."""
    if "type" in card:
        yield card
    for name, value in card.items():
        if name not in NOT_SHOWN:
            yield from (found for each in _objects(value) for found in elements(each))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Mapping)]


def _past_limits(card: Mapping[str, Any]) -> Iterator[str]:
    every = list(elements(card))
    version = re.fullmatch(r"(\d+)\.(\d+)", str(card.get("version")))
    if not version or (int(version[1]), int(version[2])) > NEWEST_VERSION:
        yield f"version: {card.get('version')!r} is not 1.0 to 1.5, all that Teams takes from bots"
    size = len(json.dumps(card, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield f"{size} bytes are more than the {MOST_BYTES} that Teams takes"
    yield from _action_faults(every)
    yield from _id_faults(every)
    yield from _refresh_faults(card)


def _action_faults(every: list[Mapping[str, Any]]) -> Iterator[str]:
    for element in every:
        shown = [each for each in _objects(element.get("actions")) if each.get("mode") != "secondary"]
        if len(shown) > MOST_ACTIONS:
            yield f"{element['type']}: {len(shown)} actions are more than the {MOST_ACTIONS} that Teams shows"
        if element["type"] == "Action.Http":
            yield "Action.Http: Teams has no such action"


def _id_faults(every: list[Mapping[str, Any]]) -> Iterator[str]:
    for element in every:
        if element["type"].startswith("Input.") and not element.get("id"):
            yield f"{element['type']}: an input without id, its value would not be sent"
    ids = Counter(element["id"] for element in every if element.get("id"))
    yield from (f"id {name!r} is there {count} times" for name, count in ids.items() if count > 1)


def _refresh_faults(card: Mapping[str, Any]) -> Iterator[str]:
    refresh = card.get("refresh")
    if refresh is None:
        return
    if refresh.get("action", {}).get("type") != "Action.Execute":
        yield "refresh: only Action.Execute can refresh a card"
    if len(refresh.get("userIds", ())) > MOST_USERS:
        yield f"refresh: {len(refresh['userIds'])} userIds are more than the {MOST_USERS} that Teams takes"


def _told(error: ValidationError) -> Iterator[str]:
    """The fault itself, out of all the kinds of element that a thing failed to be."""
    if not error.context:
        yield f"{error.json_path}: {error.message[:300]}"
        return
    branches = [list(each) for _, each in groupby(error.context, key=lambda inner: inner.relative_schema_path[0])]
    meant = [branch for branch in branches if not any(_is_of_another_type(inner) for inner in branch)]
    if meant:
        yield from (fault for inner in min(meant, key=len) for fault in _told(inner))
    else:
        kind = error.instance.get("type") if isinstance(error.instance, dict) else error.instance
        yield f"{error.json_path}: {kind!r} is nothing that can stand here"


def _is_of_another_type(error: ValidationError) -> bool:
    """Whether this branch was never meant: it is of another type, or the thing is not even an object."""
    place = list(error.relative_path)
    if error.validator == "required":
        return not place and isinstance(error.instance, dict) and "type" not in error.instance
    return (place, error.validator) in ((["type"], "const"), ([], "type"))


def _caseless_enum(_: object, allowed: list[object], value: object, __: object) -> Iterator[ValidationError]:
    """Every client of Teams reads "Attention" and "attention" alike; the types write one of them."""
    if str(value).lower() not in {str(each).lower() for each in allowed}:
        yield ValidationError(f"{value!r} is not one of {allowed!r}")


def _caseless_const(_: object, wanted: object, value: object, __: object) -> Iterator[ValidationError]:
    if str(value).lower() != str(wanted).lower():
        yield ValidationError(f"{value!r} is not {wanted!r}")


@lru_cache(maxsize=1)
def _validator() -> jsonschema.protocols.Validator:
    rules = {"enum": _caseless_enum, "const": _caseless_const, "anyOf": any_of}
    kind = jsonschema.validators.extend(jsonschema.Draft7Validator, rules)  # type: ignore[no-untyped-call]
    made: jsonschema.protocols.Validator = kind(json.loads(_schema_file().read_text(encoding="utf-8")))
    return made


def _schema_file() -> Path:
    """The schema, made from the types where it is not there yet: four seconds, once for each version."""
    node = _node()
    version = json.loads((TYPES.parent.parent / "package.json").read_text(encoding="utf-8"))["version"]
    kept = PACKAGES / ".cache" / f"teams-card-{version}.schema.json"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / "schema.json"
            wanted = "--type IAdaptiveCard --expose all --jsDoc none --no-type-check".split()
            subprocess.run([node, GENERATOR, "--path", TYPES, *wanted, "-o", made], check=True, capture_output=True)
            made.replace(kept)  # at once: another test process may be making it too
    return kept


def _node() -> str:
    node = shutil.which("node")
    if not node or not all(file.is_file() for file in (TYPES, GENERATOR, PARSER)):
        missing("NO CARD SCHEMA: install node and run `npm ci`; the cards were not held to it")
    return str(node)


class _Parser:
    """The parser in a node process of its own, kept alive: a card takes a millisecond."""

    def __init__(self, node: str) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [node, "-e", PARSE, PARSER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        atexit.register(self.close)

    def faults_of(self, card: Mapping[str, Any]) -> list[str]:
        with self._turn:
            to_node, from_node = self._pipes()
            to_node.write(json.dumps(card) + "\n")
            to_node.flush()
            answer = from_node.readline()
        assert answer, "the Adaptive Cards parser is gone"
        found: list[str] = json.loads(answer)
        return found

    def close(self) -> None:
        for pipe in self._pipes():
            pipe.close()
        self._process.wait(timeout=10)

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin and self._process.stdout
        return self._process.stdin, self._process.stdout


@lru_cache(maxsize=1)
def _parser_of(process: int) -> _Parser:
    return _Parser(_node())


def _parser() -> _Parser:
    return _parser_of(os.getpid())  # a forked process must not write into its parent's pipe
