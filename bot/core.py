"""What every channel is handed: the live base, the store, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable

from bot.assistant import Assistant
from bot.casework import Casework
from bot.delivery import Delivery
from bot.dialogue import Base
from bot.knowledge import School
from bot.store import Store


class Core:
    """One school's AskFirst. `base` is asked at every use, so that an edit of the files counts at once."""

    def __init__(self, base: Callable[[], Base], store: Store) -> None:
        self.base, self.store = base, store
        self.assistant = Assistant(base, store)
        self.casework = Casework(self.school, store)

    def school(self) -> School:
        """The school as its file says now."""
        return self.base().knowledge.school

    def delivery(self) -> Delivery:
        """A new sender's side of the outbox."""
        return Delivery(lambda: {(school := self.school()).id: school}, self.store)
