"""What every channel is handed: the live base, the store, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.service.assistant import Assistant
from bot.service.calendars import KeptCalendars
from bot.service.casework import ACTIONS, Casework, ConcernActions
from bot.service.delivery import Delivery
from bot.service.questions import Questions
from bot.service.tip_desk import TipDesk
from bot.settings import Alerting
from bot.store import Store


class Core:
    """One school's AskFirst. `base` is asked at every use, so that an edit of the files counts at once. `data` is the
    folder for what is kept beside the database; without one, a calendar at an address is not known. `alerting` says
    what becomes of alerts."""

    def __init__(
        self, base: Callable[[], Base], store: Store, data: Path | None = None, alerting: Alerting = "sent"
    ) -> None:
        self.base, self.store = base, store
        self.calendars = KeptCalendars(data)
        self.assistant = Assistant(base, store)
        self.questions = Questions(lambda: self.assistant)
        self.casework = Casework(self.school, store, alerting)
        self.actions = ConcernActions(self.school, store, self.casework, ACTIONS)
        self.tips = TipDesk(lambda: {self.school().id: self.base().knowledge}, store, self.calendars)

    def school(self) -> School:
        """The school as its file says now."""
        return self.base().knowledge.school

    def delivery(self) -> Delivery:
        """A new sender's side of the outbox."""
        return Delivery(lambda: {(school := self.school()).id: school}, self.store)
