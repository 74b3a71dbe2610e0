"""The shapes that Slack publishes, as JSON Schema: what an app may send to Slack, and what Slack sends to an app.

`schema.json` was generated from Slack's own TypeScript types; README.md has the command. What the types do not say,
lengths and numbers, is in `limits.py`.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError, validators

from tests.branches import any_of

SCHEMA = Path(__file__).with_name("schema.json")
ORIGIN = (
    "Generated from the npm packages @slack/types 3.2.0, @slack/bolt 5.1.0 and @slack/web-api 8.2.0 with "
    "ts-json-schema-generator 2.9.0; see "
    "README.md. Those packages are under the MIT licence, Copyright (c) 2014- Slack Technologies, LLC."
)


def faults(name: str, value: object, where: str, closed: bool = True) -> list[str]:
    """What in `value` is not of the shape called `name`. An open check lets unknown keys pass."""
    return [_told(error, where) for error in _validator(name, closed).iter_errors(value)]


def _told(error: ValidationError, where: str) -> str:
    """One line about the most telling part of an error: the branch whose `type` is the one that was meant."""
    while error.validator == "anyOf":
        meant = list(_meant(error))
        if not meant:
            return f"{where}{_path(error)}: of no known kind: {_named(error.instance)}"
        error = max(meant, key=lambda found: len(found.absolute_path))
    return f"{where}{_path(error)}: {error.message[:300]}"


def _meant(error: ValidationError) -> Iterator[ValidationError]:
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    for branch in branches.values():
        if not any(_about_type(inner, error) for inner in branch):
            yield from branch


def _about_type(inner: ValidationError, outer: ValidationError) -> bool:
    below = list(inner.absolute_path)[len(outer.absolute_path) :]
    return below == ["type"] or (not below and inner.validator == "type")


def _path(error: ValidationError) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)


def _named(value: object) -> str:
    return f"type {value.get('type')!r}" if isinstance(value, dict) else repr(value)[:80]


@functools.cache
def _validator(name: str, closed: bool) -> Draft7Validator:
    definitions = _definitions() if closed else _opened(_definitions())
    kind = validators.extend(Draft7Validator, {"anyOf": any_of})  # type: ignore[no-untyped-call]
    made: Draft7Validator = kind({"$ref": f"#/definitions/{name}", "definitions": definitions})
    return made


@functools.cache
def _definitions() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    return found


def _opened(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _opened(value) for key, value in node.items() if (key, value) != ("additionalProperties", False)}
    return [_opened(part) for part in node] if isinstance(node, list) else node


def _bare(node: Any) -> Any:
    """Without the prose, which is most of it."""
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if not _is_prose(key, value)}
    return [_bare(part) for part in node] if isinstance(node, list) else node


def _is_prose(key: str, value: object) -> bool:
    return key in ("description", "deprecated") and isinstance(value, str | bool)


def write(generated: Path) -> None:
    """Keep what the generator wrote: one definition a line, so that a newer version can be compared."""
    definitions = _bare(json.loads(generated.read_text(encoding="utf-8")))["definitions"]
    lines = (f"{json.dumps(name)}: {json.dumps(definitions[name], sort_keys=True)}" for name in sorted(definitions))
    body = ",\n".join(lines)
    SCHEMA.write_text(f'{{"$comment": {json.dumps(ORIGIN)},\n"definitions": {{\n{body}\n}}}}\n', encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    write(Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
