"""What answers are edited with: the files that the settings name, and what was learned of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.service.authoring.shelf import Workshop
from bot.service.live.base import LiveBase
from bot.service.live.learning import Learner
from bot.settings import Settings, shipped_base
from bot.understanding.encoder import find_model


def workshop_of(settings: Settings, live: LiveBase, refresh: Callable[[], object] | None = None) -> Workshop:
    """`refresh` makes a server look at its files: then what is taken out of use there is served no more at once."""
    given = Workshop(
        folder=settings.knowledge,
        shipped=shipped_base(),
        cache=settings.cache,
        learned=settings.learned,
        encoder=live.encoder,
        model=find_model(settings.model) if settings.semantic else None,
    )
    return replace(given, refresh=refresh, withhold=live.withhold, learn_ahead=live.learn_ahead) if refresh else given


def learner_of(settings: Settings) -> Learner:
    """What learns new ways of asking beside a server."""
    return Learner(settings.cache, settings.learned, find_model(settings.model) if settings.semantic else None)
