"""The school's own policies on the page: put in, looked over clause by clause, held against the answers, and compared
with their next edition.

Server-rendered and whole without JavaScript. Who may do what, and what a document says, is decided by the core.
"""

from __future__ import annotations

from adapters.web.policies.pages import PolicyPages

__all__ = ["PolicyPages"]
