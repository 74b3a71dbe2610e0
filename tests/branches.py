"""`anyOf` over things that say their own `type`, as cards and blocks do: only the branches of that type are tried.

Trying all of them is most of what checking a card costs. What fits none is told by all of them, as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator, ValidationError


def any_of(validator: Any, branches: list[Any], instance: object, schema: Any) -> Iterator[ValidationError]:
    """The keyword `anyOf`, for jsonschema.validators.extend."""
    meant = [each for each in branches if _may_be(validator, each, instance)]
    yield from Draft7Validator.VALIDATORS["anyOf"](validator, meant or branches, instance, schema)


def _may_be(validator: Any, branch: Any, instance: object) -> bool:
    if not isinstance(instance, Mapping) or not isinstance(kind := instance.get("type"), str):
        return True
    wanted = _type_of(validator, branch)
    return not isinstance(wanted, str) or wanted.lower() == kind.lower()


def _type_of(validator: Any, branch: Any) -> object:
    """What a branch says of `type`; None where it says nothing of it itself."""
    at = validator._resolver.lookup(branch["$ref"]).contents if "$ref" in branch else branch
    return at.get("properties", {}).get("type", {}).get("const") if isinstance(at, Mapping) else None
