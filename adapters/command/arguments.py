"""Kinds of arguments that several verbs take."""

from __future__ import annotations

import argparse
import datetime as dt


def day(typed: str) -> dt.date:
    """YYYY-MM-DD -> a day. Raises ArgumentTypeError, which argparse prints."""
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{typed}' is not a date. Write it as 2027-09-01") from None
