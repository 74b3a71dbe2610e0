"""Who sees the workbench, and what they see while the base that is live has not yet what they saved."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from adapters.web.inbox.frame import InboxSite, in_thread, said_after
from adapters.web.inbox.guard import Guard, Refusal, Refusing, Show
from adapters.web.inbox.sessions import Sessions

# Where a base takes long to be read: what was saved is safe, and a page that shows the old state would say otherwise.
_NOT_TAKEN_UP = Refusal(
    "AskFirst is still reading what you saved. Do not send it again. Wait a minute, then load this page anew",
    status=503,
    heading="It is kept, and not taken up yet",
)


def workbench_guard(
    frame: InboxSite, sessions: Sessions, show: Show, refusal: Refusing, done: Mapping[str, str]
) -> Guard:
    """The guard of a desk for whoever sees the workbench. `done` is what its pages say of what a form has saved."""

    async def caught_up(request: web.Request) -> Refusal | None:
        if not said_after(request, done) or await in_thread(lambda: frame.core.workbench.catch_up(frame.school.id)):
            return None
        return _NOT_TAKEN_UP

    return Guard(frame, sessions, show, refusal, sees=lambda signed: signed.sees_answers, before=caught_up)
