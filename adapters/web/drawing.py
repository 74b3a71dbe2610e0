"""The templates of every page: made in one way, and read before anybody waits for them."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Whatever people or files say is escaped. The files belong to the program: they are read once and never again."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def read_ahead(templates: Environment, ours: str) -> None:
    """Read the templates whose names begin so, with what they stand in. Reading one takes some ten times as long as
    filling it in: the first of a crowd would wait for that, and whoever logs a concern behind them."""
    for name in templates.list_templates(filter_func=lambda name: name.startswith(ours)):
        templates.get_template(name)
    for name in ("layout.html", "people.html"):
        templates.get_template(name)
