"""What answers are edited with: the files that the settings name, and what was learned of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.service.authoring.shelf import Workshop
from bot.service.live.base import LiveBase
from bot.settings import Settings, shipped_base
from bot.understanding.encoder import find_model


def workshop_of(settings: Settings, live: LiveBase, refresh: Callable[[], object] | None = None) -> Workshop:
    """`refresh` makes a server look at its files."""
    given = Workshop(
        folder=settings.knowledge,
        shipped=shipped_base(),
        cache=settings.cache,
        learned=settings.learned,
        encoder=live.encoder,
        model=find_model(settings.model) if settings.semantic else None,
    )
    return replace(given, refresh=refresh) if refresh else given
