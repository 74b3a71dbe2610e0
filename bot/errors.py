"""The one base of every error that a person is shown, and what of any error may stand in a log."""

from __future__ import annotations


class AskFirstError(Exception):
    """Its text says what is wrong, where, and what to do; the outermost boundary prints it and nothing else."""


def without_content(fault: BaseException) -> str:
    """An error in words for the log. Ours say what to do; of any other only the type is known to hold nothing that
    people wrote."""
    return str(fault) if isinstance(fault, AskFirstError) else type(fault).__name__
