"""Frozen dataclasses <-> the JSON that is sealed. A field that is added later has a default: old rows stay readable."""

from __future__ import annotations

import json
from functools import cache
from typing import TypeVar

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import JsonConverter, make_converter

T = TypeVar("T")


def dumps(value: object) -> str:
    """A dataclass -> JSON, its keys in order, so that equal values give equal text."""
    return json.dumps(_converter().unstructure(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(text: str, kind: type[T]) -> T:
    """JSON -> the dataclass `kind`. Raises ValueError for what is none."""
    try:
        return _converter().structure(json.loads(text), kind)
    except (BaseValidationError, TypeError, KeyError, AttributeError) as fault:
        raise ValueError(f"this is no {kind.__name__}") from fault


@cache
def _converter() -> JsonConverter:
    return make_converter()
