"""Whose an account is, who reports, and whom they picked as the adult: what both chats ask of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from itertools import chain

from bot.concerns import Answers, IncompleteError
from bot.knowledge import Person
from bot.store import Known


def owner_of(people: Iterable[Person], channel: str, account: str, emails: Iterable[str]) -> Person | None:
    """Whose this account is, to let them in: by the id that the school's file gives them on this channel (`account` is
    that id), or by one of the account's addresses where it gives none."""
    known = set(emails)
    return next((each for each in people if _owns(each, channel, account, known)), None)


def meant_by(people: Iterable[Person], channel: str, account: str, emails: Iterable[str]) -> Person | None:
    """Whom this account stands for, to keep them out: by either. To shut out is wider than to let in."""
    known, several = set(emails), tuple(people)
    by_id = (each for each in several if each.chats.get(channel, "").casefold() == account.casefold())
    by_email = (each for each in several if each.email and each.email.casefold() in known)
    return next(chain(by_id, by_email), None)


def is_still(person: Person | None, known: Known) -> bool:
    """Whether an account that was this person's is so still, as the school's file is now. Another name under the same
    id is somebody new who holds the role: their account is another. What was kept without an address is believed."""
    if person is None or known.outside or known.name != person.name:
        return False
    own, account = person.chats.get(known.account.channel, ""), known.account.id.rpartition(":")[2]
    if own or known.emails:
        return _owns(person, known.account.channel, account, set(known.emails))
    return True


def _owns(person: Person, channel: str, account: str, emails: set[str]) -> bool:
    if own := person.chats.get(channel):
        return own.casefold() == account.casefold()
    return bool(person.email) and person.email.casefold() in emails


def picked_adult(answers: Answers) -> str:
    """Whom somebody picked as the adult; empty where nobody is, and where they did not tick that it is about one: that
    is for the form to say."""
    return next(iter(answers.get("adult", ())), "") if "adult" in answers.get("about", ()) else ""


async def known_with_adult(
    reporter: Awaitable[Known], adult: Awaitable[Answers], answers: Answers
) -> tuple[Known, Answers, IncompleteError | None]:
    """Both at once, because the chat may be slow and the form waits: who reports, the answers with the adult named, and
    what is wrong where nobody can say who that is. The reporter is known all the same: they are not told to ring
    themselves. Raises what else either raises."""

    async def named() -> tuple[Answers, IncompleteError | None]:
        try:
            return await adult, None
        except IncompleteError as fault:
            return answers, fault

    known, (found, unknown) = await asyncio.gather(reporter, named())
    return known, found, unknown
