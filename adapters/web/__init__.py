"""The chat page: server-rendered, usable without JavaScript, its state in the store and in one cookie."""

from adapters.web.app import make_app
from adapters.web.security import Limits, read_key

__all__ = ["Limits", "make_app", "read_key"]
