"""The terminal: a conversation (chat), a concern, and the inbox of those who answer for children."""

from adapters.console.chat import GREETING, chat, offered_by, render, to_message

__all__ = ["GREETING", "chat", "offered_by", "render", "to_message"]
