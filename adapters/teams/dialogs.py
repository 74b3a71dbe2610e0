"""The dialogs: the concern form, the record of a concern, the small forms of what is done to it, and accounts."""

from __future__ import annotations

from adapters.teams.accounts import VERBS, TeamsAccounts
from adapters.teams.activities import Arrival, part, plain_text, word
from adapters.teams.cards import Part
from adapters.teams.casework import TeamsCasework
from adapters.teams.form import FIRST, REPORT
from adapters.teams.record import ACKNOWLEDGE, OPEN, TASK_DONE, TASK_FORM
from adapters.teams.replies import LOG_CONCERN
from adapters.teams.reporting import TeamsReporting


class TeamsDialogs:
    """Says who deals with a dialog that opens or goes on."""

    def __init__(self, reporting: TeamsReporting, casework: TeamsCasework, accounts: TeamsAccounts) -> None:
        self._reporting, self._casework, self._accounts = reporting, casework, accounts

    async def show(self, arrival: Arrival) -> Part:
        """The dialog as it is shown next. Raises ValueError for none of ours, TeamsError, one of UNANSWERED, or
        StoreError."""
        if arrival.name == "composeExtension/fetchTask":
            return await self._about_message(arrival)
        data = part(arrival.value, "data")
        verb, _, rest = word(data, "do").partition(" ")
        if verb in VERBS:
            return await self._accounts.show(arrival, verb, rest, data)
        if verb == LOG_CONCERN:
            return await self._reporting.open()
        if verb in (FIRST, REPORT):
            return await self._reporting.submitted(arrival, data)
        if verb == OPEN:
            return await self._casework.open(arrival, rest)
        if verb == ACKNOWLEDGE:
            return await self._casework.acknowledge_in_dialog(arrival, rest)
        task, _, number = rest.partition(" ")
        if verb == TASK_FORM:
            return await self._casework.begin(arrival, task, number)
        if verb == TASK_DONE:
            return await self._casework.finish(arrival, task, number, data)
        raise ValueError("none of ours")

    async def _about_message(self, arrival: Arrival) -> Part:
        """The form, with the words of the message that it is about and the link to it."""
        message = part(arrival.value, "messagePayload")
        body = part(message, "body")
        words = word(body, "content")
        if word(body, "contentType") != "text":
            words = plain_text(words)
        return await self._reporting.open(words, word(message, "linkToMessage"))
