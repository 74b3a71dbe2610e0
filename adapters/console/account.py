"""Under which account of the computer somebody works at the terminal, as far as it says so."""

from __future__ import annotations

import getpass
import os


def in_terminal() -> str:
    """The way of what was done at the terminal, as it stands in the log."""
    return f"the terminal (account {_account()})"


def _account() -> str:
    try:
        import pwd  # not on Windows

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        name = _by_the_environment()
    # Root is whoever asked for it: sudo says who that was.
    asked = os.environ.get("SUDO_USER", "")
    return f"{name}, by sudo of {asked}" if asked and asked != name else name


def _by_the_environment() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
