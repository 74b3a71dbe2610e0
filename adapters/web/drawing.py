"""The templates of every page: made in one way, and read before anybody waits for them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

TEMPLATES = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """What the templates became, by their names and what stands in them, for every part of the site that draws them."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled() -> _Compiled:
    return _Compiled()


def environment() -> Environment:
    """Whatever people or files say is escaped. The files belong to the program: they are read once and never again,
    and what is compiled of them serves each part of the site."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )


def read_ahead(templates: Environment, ours: str) -> None:
    """Read the templates whose names begin so, with what they stand in. Reading one takes some ten times as long as
    filling it in: the first of a crowd would wait for that, and whoever logs a concern behind them."""
    for name in templates.list_templates(filter_func=lambda name: name.startswith(ours)):
        templates.get_template(name)
    for name in ("layout.html", "people.html"):
        templates.get_template(name)
