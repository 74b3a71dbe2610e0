"""What the tests of what people do in Teams share: somebody with the app or an alert, and what they then see."""

from __future__ import annotations

from tests.teams.people import Person, Shown
from tests.teams.school import AtSchool
from tests.teams.world import BOT_ID


async def arrived(school: AtSchool, who: str = "teacher") -> Person:
    """Somebody who has the app, and has read its welcome."""
    person = school[who]
    await person.installs()
    await person.reads("Ask before you act")
    return person


def answers_of(person: Person) -> list[Shown]:
    """What the app has written to them."""
    return [message for message in person.messages if message.post.author == BOT_ID]


async def alerted(school: AtSchool, **changes: tuple[str, ...]) -> tuple[Person, str]:
    """The DSL with an alert, and its number."""
    await school.everybody("dsl")
    number = school.log("one", "teacher", **changes)
    await school.sends()
    return school["dsl"], number


def alert_of(person: Person) -> Shown:
    """The last alert that they have."""
    return next(each for each in reversed(person.messages) if "afeguarding concern" in each.text.splitlines()[0])


def dialog_of(person: Person) -> str:
    """What the dialog says that is open."""
    assert person.dialog
    return person.dialog.text


def fields_of(person: Person) -> dict[str, str]:
    """What stands in the inputs of the dialog."""
    assert person.dialog and person.dialog.sheet
    return person.dialog.sheet.values
