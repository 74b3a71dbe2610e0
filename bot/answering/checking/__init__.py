"""What `askfirst check` looks at: the files as they stand, and what the whole base makes of its own texts."""

from bot.answering.checking.files import bare, check_files, notices, past_review
from bot.answering.checking.leaving_out import LeftOut, check, left_out, strangers

__all__ = ["LeftOut", "bare", "check", "check_files", "left_out", "notices", "past_review", "strangers"]
