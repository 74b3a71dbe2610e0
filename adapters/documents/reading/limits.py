"""How much of a document is read at most. A school's policies are far below; what is above was made to do harm, or is
to be cut into parts."""

from __future__ import annotations

from bot.errors import AskFirstError

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE  # of a file
MOST_UNPACKED = 80 * MEGABYTE  # of the parts of it that are read
MOST_FOLD = 300  # a part that unpacks to so many times its size, and is not small
SMALL = 5 * MEGABYTE
MOST_PARTS = 5000  # files inside one
MOST_PAGES = 300
MOST_CHARACTERS = 3_000_000
MOST_BLOCKS = 30_000
SECONDS = 90  # to read one
MEMORY = 1024 * MEGABYTE  # for the process that reads it


class DocumentError(AskFirstError):
    """A document that is not read: `file` as it was named, what is wrong, what to do. Nothing of it is kept."""

    def __init__(self, file: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {problem}. {remedy}. Nothing was taken in")
        self.file, self.problem, self.remedy = file, problem, remedy


class UnreadableContentError(Exception):
    """The same before anybody knows the name of the file: what is wrong, what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy
