"""After a backup was put back: what stands on the first page of the inbox until somebody has looked; its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web

from adapters.web.inbox.frame import InboxSite, Signed, in_thread, see_other
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.concerns import Actor
from bot.service.restoring import hold, let_run, may_decide, standing

RESTORED = "/inbox/restored"
RESTORED_DONE: Mapping[str, str] = {
    "restored-run": "Alerts go on now.",
    "restored-hold": "Alerts about what was in the backup are held for 24 hours. Monitoring stays red until then.",
}


@dataclass(frozen=True)
class RestoredRemark:
    """How it stands, and whether whoever is signed in may say what becomes of the alerts."""

    said: str
    may_decide: bool


def remark_for(frame: InboxSite, signed: Signed) -> RestoredRemark | None:
    """What is shown while somebody is to look; None where all is well, or it is not theirs to know. Raises
    StoreError."""
    last = frame.core.store.restores(frame.school.id).last()
    if last is None or not signed.reader.roles or not last.wants_somebody(frame.now()):
        return None
    return RestoredRemark(standing(frame.school, last, frame.now()), may_decide(signed.reader.roles))


class RestoredPage:
    """/inbox/restored: where the buttons lead."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.post(RESTORED, self._sessions.form(self.decide)),)

    async def decide(self, _: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Let the alerts go on, or hold them; then the first page again."""
        frame, action = self._frame, fields.get("action", "")
        if not may_decide(signed.reader.roles) or await in_thread(lambda: remark_for(frame, signed)) is None:
            return frame.gone(signed)
        if action not in ("run", "hold"):
            raise web.HTTPBadRequest
        carry_out = let_run if action == "run" else hold
        by = Actor(signed.person.id, signed.person.name)
        await in_thread(lambda: carry_out(frame.core.store, frame.school, by, frame.now()))
        return see_other(f"/inbox?done=restored-{action}")
