"""Children's files: concerns that somebody decided to be about the same child."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from adapters.web.inbox.exports import file_of
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.listing import entries_of
from adapters.web.inbox.sessions import Sessions


class FilePages:
    """The list of files, and one of them."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get("/inbox/files", self._sessions.page(self.show)),
            web.get("/inbox/files/{file}", self._sessions.page(self.show_one)),
        )

    async def show(self, _: web.Request, signed: Signed) -> web.Response:
        """The files that hold a concern which the reader may see."""
        files = await in_thread(lambda: self._frame.inbox.files(signed.reader))
        return self._frame.show("files.html", signed, files=files)

    async def show_one(self, request: web.Request, signed: Signed) -> web.Response:
        """One file with its concerns."""
        file = await file_of(self._frame, signed, request.match_info["file"])
        if file is None:
            return self._frame.gone(signed)
        found = await in_thread(lambda: self._frame.inbox.summaries(signed.reader))
        entries = entries_of(self._frame, (each for each in found if each.number in file.numbers))
        by_age = sorted(entries, key=lambda entry: entry.summary.logged_at)
        return self._frame.show("file.html", signed, file=file, entries=by_age)
