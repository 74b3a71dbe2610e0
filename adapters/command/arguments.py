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


def how_many(typed: str) -> int:
    """A number from 1 on. Raises ArgumentTypeError, which argparse prints."""
    if typed.isdecimal() and 0 < len(typed) < 10 and int(typed):
        return int(typed)
    raise argparse.ArgumentTypeError(f"'{typed}' is not a number from 1 on. Write it as 10")
