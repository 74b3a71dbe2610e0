"""The inbox: where the DSL, the deputies, the headteacher and the chair read concerns and follow them up.

Server-rendered and whole without JavaScript. Who may see what is decided by the store, never here.
"""

from __future__ import annotations

from adapters.web.inbox.pages import InboxPages

__all__ = ["InboxPages"]
