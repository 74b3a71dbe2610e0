"""What answers are edited with: the files that the settings name, and what was learned of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.service.authoring.shelf import Workshop
from bot.service.live.base import LiveBase
from bot.service.live.learning import Learner
from bot.settings import Settings, shipped_base
from bot.understanding.encoder import find_model

_PATIENCE = 5.0  # seconds that whoever saves something waits until the server has taken it up


def workshop_of(settings: Settings, live: LiveBase, wake: Callable[[], object] | None = None) -> Workshop:
    """`wake` makes a server do what follows a change of its files: then what is saved is served by the time that the
    next page is drawn, and what is taken out of use there is served no more at once."""
    given = Workshop(
        folder=settings.knowledge,
        shipped=shipped_base(),
        cache=settings.cache,
        learned=settings.learned,
        encoder=live.encoder,
        model=find_model(settings.model) if settings.semantic else None,
    )
    if wake is None:
        return given

    def refresh() -> bool:
        caught_up = live.catch_up(_PATIENCE)
        wake()
        return caught_up

    return replace(given, refresh=refresh, withhold=live.withhold, learn_ahead=live.learn_ahead)


def learner_of(settings: Settings) -> Learner:
    """What learns new ways of asking beside a server."""
    return Learner(settings.cache, settings.learned, find_model(settings.model) if settings.semantic else None)
