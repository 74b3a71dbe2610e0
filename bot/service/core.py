"""What every channel is handed: the live base, the store, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.service.accounts import AccountDesk
from bot.service.assistant import Assistant
from bot.service.authoring.shelf import Workshop
from bot.service.authoring.workbench import Workbench
from bot.service.calendars import KeptCalendars
from bot.service.casework import ACTIONS, Casework, ConcernActions
from bot.service.casework.covering import CoverDesk
from bot.service.delivery import Delivery
from bot.service.policy_reading.desk import PolicyDesk
from bot.service.policy_writing.desk import DocumentDesk
from bot.service.questions import Questions
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.known import AskFirstKnows, DesksKnow
from bot.service.required.desk import RequiredDesk
from bot.service.tip_desk import TipDesk
from bot.settings import Alerting
from bot.store import Store


class Core:
    """One school's AskFirst. `base` is asked at every use, so that an edit of the files counts at once. `data` is the
    folder for what is kept beside the database; without one, a calendar at an address is not known. `alerting` says
    what becomes of alerts; `workshop` with what answers are edited, None where they are only looked at; `address` is
    that of the page, empty where nobody knows it."""

    def __init__(
        self,
        base: Callable[[], Base],
        store: Store,
        data: Path | None = None,
        alerting: Alerting = "sent",
        workshop: Workshop | None = None,
        address: str = "",
    ) -> None:
        self._files, self.store = base, store
        self._made: tuple[Base, School, Base] | None = None
        self.cover = CoverDesk(lambda: base().knowledge.school, store)
        self.calendars = KeptCalendars(data)
        self.assistant = Assistant(self.base, store)
        self.accounts = AccountDesk(lambda: self.base().knowledge, store)
        self.questions = Questions(lambda: self.assistant)
        self.casework = Casework(self.school, store, alerting)
        self.actions = ConcernActions(self.school, store, self.casework, ACTIONS)
        self.workbench = Workbench(self._bases, store, lambda _: workshop or Workshop())
        self.policies = PolicyDesk(self._bases, store, lambda _: workshop or Workshop())
        self.documents = DocumentDesk(self._files_by_school, store, lambda _: workshop or Workshop())
        self.required = RequiredDesk(lambda: self.base().knowledge, store, address)
        self.tips = TipDesk(lambda: {self.school().id: self.base().knowledge}, store, self.calendars)
        # Whatever else keeps something that a statement asks for is added here.
        knows = (AskFirstKnows(store), DesksKnow(self.accounts, self.required))
        self.readiness = ReadinessDesk(lambda: {self.school().id: self.base().knowledge}, store, knows)

    def base(self) -> Base:
        """The base as its files say now, with whoever was named on the page to stand in: the same object for as long as
        neither changes."""
        files = self._files()
        school = self.cover.over(files.knowledge.school)
        if school is files.knowledge.school:
            return files
        if self._made is None or self._made[0] is not files or self._made[1] is not school:
            self._made = files, school, replace(files, knowledge=replace(files.knowledge, school=school))
        return self._made[2]

    def _bases(self) -> Mapping[str, Base]:
        base = self.base()
        return {base.knowledge.school.id: base}

    def _files_by_school(self) -> Mapping[str, Base]:
        """Without who stands in for a day: they stand in no document, and approve none."""
        base = self._files()
        return {base.knowledge.school.id: base}

    def school(self) -> School:
        """The school as it is now."""
        return self.base().knowledge.school

    def delivery(self) -> Delivery:
        """A new sender's side of the outbox."""
        return Delivery(lambda: {(school := self.school()).id: school}, self.store)
