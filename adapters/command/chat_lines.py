"""What `askfirst doctor` says of the chats: what nobody answered, and whether Teams lets the app in."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

from bot.concerns.words import moment
from bot.errors import AskFirstError
from bot.knowledge import Knowledge
from bot.settings import Settings, Teams
from bot.store import open_for


def unanswered_messages(settings: Settings, now: dt.datetime, read: Callable[[], Knowledge]) -> str:
    """Whether everything that people asked in the chats was answered."""
    school = read().school
    with contextlib.closing(open_for(settings)) as store:
        found = {name: store.received(school.id, name.lower()).unanswered(now) for name in settings.channels}
    missed = [
        f"{each.count} from {name} since {moment(each.since, school.opening.zone)}"
        for name, each in found.items()
        if each.since
    ]
    if missed:
        raise AskFirstError(
            f"not answered: {'; '.join(missed)}. Who asked was told so, where that was possible. "
            "See that the server runs, and look into its log"
        )
    return "everything that was asked in a chat in the last two days was answered"


def sign_in_tried(teams: Teams, now: dt.datetime) -> Iterator[str]:
    """A line on what came of trying to sign in to Microsoft, for real."""
    from adapters.teams.trying import try_sign_in  # it takes a while to load

    trial = try_sign_in(teams, now)
    yield f"{trial.mark:<7}Teams sign-in: {trial.said}"


def teams_sign_in(settings: Settings, teams: Teams, now: dt.datetime, read: Callable[[], Knowledge]) -> str:
    """Whether the app can sign in to Microsoft, and which request was refused last."""
    from adapters.teams import how_long, refused_lately  # it takes a while to load

    well, remark = how_long(teams, now)
    if not well:
        raise AskFirstError(remark)
    with contextlib.closing(open_for(settings)) as store:
        refused = refused_lately(store, read().school)
    return "; ".join(filter(None, (remark and f"WARNING: {remark}", refused))) or "nobody was refused, no end is near"
