"""Concerns as files that leave AskFirst. Each export is a line in the chronology of every concern in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from aiohttp import web

from adapters.documents.table import concern_csv
from adapters.web.inbox.frame import InboxSite, Signed, file_response, in_thread
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.concerns import ChildFile
from bot.service.casework import Export
from bot.store import UnknownConcernError

_TYPES = {"pdf": "application/pdf", "csv": "text/csv"}


class Exports:
    """One concern, or a whole child's file, as PDF or CSV."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self._frame, self._sessions = frame, sessions

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found: posted, because an export is written down."""
        return (
            web.post("/inbox/concerns/{number}/export", self._sessions.form(self.concern)),
            web.post("/inbox/files/{file}/export", self._sessions.form(self.file)),
        )

    async def concern(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """One concern."""
        return await self._send(signed, [request.match_info["number"]], _way(fields), None)

    async def file(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Every concern of a child's file that the reader may see."""
        file = await file_of(self._frame, signed, request.match_info["file"])
        return await self._send(signed, file.numbers, _way(fields), file) if file else self._frame.gone(signed)

    async def _send(self, signed: Signed, numbers: Sequence[str], way: str, file: ChildFile | None) -> web.Response:
        now = self._frame.now()
        try:
            export = await in_thread(lambda: self._frame.casework.export(signed.reader, numbers, way, now))
        except UnknownConcernError:
            return self._frame.gone(signed)
        body = await in_thread(lambda: self._written(export, way, file, now))
        name = f"file-{file.id}" if file else f"concern-{export.records[0].number}"
        return file_response(body, f"{name}.{way}", _TYPES[way])

    def _written(self, export: Export, way: str, file: ChildFile | None, now: dt.datetime) -> bytes:
        school = self._frame.school
        if way == "csv":
            return concern_csv(school, export.records)
        from adapters.documents.pdf import concern_pdf  # it takes a while to load, and few need it

        title = f"Child’s file: {file.name}" if file else f"Safeguarding concern {export.records[0].number}"
        return concern_pdf(school, export.records, title, export.by.name, now)


async def file_of(frame: InboxSite, signed: Signed, file: str) -> ChildFile | None:
    """A child's file by its id, with the concerns that the reader may see; None where there is none for them."""
    files = await in_thread(lambda: frame.inbox.files(signed.reader))
    return next((each for each in files if each.id == file), None)


def _way(fields: SingleFields) -> str:
    way = fields.get("way", "")
    if way not in _TYPES or set(fields) != {"way"}:
        raise web.HTTPBadRequest
    return way
