"""The school's own policy on the page: the questionnaire, what an answer changes, and the documents, read and approved.

Server-rendered and whole without JavaScript. Who may do what, and what follows from an answer, is decided by the core.
"""

from __future__ import annotations

from adapters.web.documents.pages import DocumentPages

__all__ = ["DocumentPages"]
