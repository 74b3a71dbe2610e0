"""The entries of a base: how one is read, which rules it keeps, how one of the first edition becomes one of today."""

from bot.knowledge.entries.reading import is_first_edition, read_entry
from bot.knowledge.entries.rules import NO_ENTRY, notices_of

__all__ = ["NO_ENTRY", "is_first_edition", "notices_of", "read_entry"]
