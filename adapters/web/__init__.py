"""The chat page: server-rendered, usable without JavaScript, its state in the store and in one cookie."""

from adapters.web.app import READ_AHEAD, make_app
from adapters.web.security import KEY_FILE, Limits, read_key
from adapters.web.tip import WebTips

__all__ = ["KEY_FILE", "READ_AHEAD", "Limits", "WebTips", "make_app", "read_key"]
