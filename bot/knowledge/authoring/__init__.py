"""An entry in the hands of its author: what can be edited of it, how two states of it differ, how it is written into
its file. Pure."""

from bot.knowledge.authoring.difference import FieldDifference, Piece, difference
from bot.knowledge.authoring.draft import OWN_WRITER, CaseText, EntryText, digest_of_text

__all__ = ["OWN_WRITER", "CaseText", "EntryText", "FieldDifference", "Piece", "difference", "digest_of_text"]
