"""The parts that may be left out of an installation. pyproject.toml says what is in each of them."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping

from bot.errors import AskFirstError

# The extra of pyproject.toml -> a package that comes with it and with nothing else.
_SIGNS: Mapping[str, str] = {
    "slack": "slack_bolt",
    "teams": "botbuilder",
    "postgres": "psycopg",
    "semantic": "tokenizers",
    "policies": "pypdfium2",
}


class NotInstalledError(AskFirstError):
    """Something is wanted whose extra is not installed; the text says how to install it."""

    def __init__(self, what: str, extra: str, missing: str | None = None) -> None:
        named = f" ({missing} is missing)" if missing else ""
        super().__init__(f"{what} needs a part that is not installed{named}. Run: pip install 'askfirst[{extra}]'")


def installed(extra: str) -> bool:
    """Whether that extra was installed with AskFirst."""
    return importlib.util.find_spec(_SIGNS[extra]) is not None


@contextlib.contextmanager
def needs(extra: str, what: str) -> Iterator[None]:
    """Around the imports of what comes with an extra: where it is not there, or only in part, NotInstalledError says
    that `what` needs it."""
    try:
        yield
    except ImportError as fault:
        # A module of our own that is missing is a fault of ours, and must look like one.
        if (fault.name or "").partition(".")[0] in ("bot", "adapters"):
            raise
        raise NotInstalledError(what, extra, _root(fault)) from fault


def _root(fault: BaseException) -> str | None:
    """The package that could not be found, however deep: SQLAlchemy wraps the error about greenlet in one without a
    name."""
    while fault.__cause__ is not None and getattr(fault, "name", None) is None:
        fault = fault.__cause__
    name: str | None = getattr(fault, "name", None)
    return name
