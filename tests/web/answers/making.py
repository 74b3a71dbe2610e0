"""Drafts as somebody makes them, for the tests of the workbench on the page."""

from __future__ import annotations

from dataclasses import replace

from bot.knowledge import NotThis
from bot.knowledge.authoring import EntryText
from bot.service.core import Core
from tests.conftest import NOW, SCHOOL

EX_PUPIL, QUESTION = "friend-ex-pupil", "can I friend an ex-pupil?"
# Everything that a new answer needs but the rules that it rests on.
FULL = EntryText(
    title="Vaping in your own car on site",
    ruling="dont",
    badge="Don't vape on site, in your car either",
    answer="Do not vape anywhere on the school site. Your own car counts as the site while it is parked here.",
    why="Pupils see it, and the whole site is smoke-free.",
    instead="Go off the site in your break.",
    phrasings=(
        "am i allowed to vape in my own car on site", "can staff vape in the car park", "vaping in my car at lunch",
        "is it ok to use an e-cigarette in my car", "can i vape at school if nobody sees",
        "where can teachers vape on site", "vape break in the car allowed?", "do i have to leave the site to vape",
    ),
    opposites=("surely i can vape with the windows up", "isn't my own car private"),
    not_this=(NotThis("a pupil has a vape", "outside"), NotThis("can i smoke on a trip abroad", "outside")),
)  # fmt: skip


def begun(core: Core, who: str, entry: str, **changes: object) -> str:
    """The id of a draft that this person has begun, with these changes saved."""
    draft = core.workbench.begin(SCHOOL, who, entry, NOW)
    if changes:
        text = replace(draft.text, **changes)  # type: ignore[arg-type]
        draft = core.workbench.save(SCHOOL, who, draft.id, draft.version, text, NOW)
    return draft.id


def sent(core: Core, who: str, entry: str, **changes: object) -> str:
    """The same, sent for approval."""
    name = begun(core, who, entry, **changes)
    draft = core.workbench.draft(SCHOOL, who, name)
    core.workbench.send(SCHOOL, who, name, draft.version, NOW)
    return name
