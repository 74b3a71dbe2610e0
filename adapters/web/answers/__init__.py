"""The answers workbench on the page: whoever answers for the answers finds, changes, tries, sends and approves them.

Server-rendered and whole without JavaScript. Who may do what, and what is wrong with a draft, is decided by the core.
"""

from __future__ import annotations

from adapters.web.answers.pages import AnswerPages

__all__ = ["AnswerPages"]
