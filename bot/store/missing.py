"""What is not there, or not for whoever asks."""

from __future__ import annotations

from bot.errors import AskFirstError


class UnknownConcernError(AskFirstError):
    """There is no such concern for this reader: whether it exists for others is not said."""

    def __init__(self) -> None:
        super().__init__("there is no such concern, or it is not yours to read")


class GoneFileError(AskFirstError):
    """A child's file that was emptied meanwhile: nothing is wrong with the store."""

    def __init__(self) -> None:
        super().__init__("the child's file is not there any more: its last concern was deleted. Make a new one")
