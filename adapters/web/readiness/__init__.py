"""The review of readiness on the page: answered part by part, scored, closed, and taken out for governors.

Server-rendered and whole without JavaScript. Who may do what, and what is wrong with an answer, is decided by the core.
"""

from __future__ import annotations

from adapters.web.readiness.pages import ReadinessPages

__all__ = ["ReadinessPages"]
