"""`askfirst keys rotate`: everything that is sealed, sealed again with the first key of ASKFIRST_KEYS."""

from __future__ import annotations

from bot.errors import AskFirstError
from bot.settings import Settings
from bot.store import open_for


def rotate(settings: Settings) -> str:
    """Seal again; what to do next. Raises AskFirstError where there is no key to rotate to."""
    if not settings.keys:
        raise AskFirstError(
            "ASKFIRST_KEYS is not set. Make a key (askfirst keys new) and set ASKFIRST_KEYS to the new key, a comma, "
            f"and the old one (of the demo: the text in {settings.demo_key}). Then run this again"
        )
    count = open_for(settings).renew_seals()
    return f"{count} values were sealed again with the first key. The other keys can be taken out of ASKFIRST_KEYS now."
