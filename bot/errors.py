"""The one base of every error that a person is shown."""

from __future__ import annotations


class AskFirstError(Exception):
    """Its text says what is wrong, where, and what to do; the outermost boundary prints it and nothing else."""
