"""A process that approves a draft and is killed before one step of publishing it.

python -m tests.authoring.dying FOLDER DATABASE KEY DRAFT STEP
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any, cast

from bot.answering.turns import Base
from bot.knowledge import load
from bot.knowledge.authoring import digest_of_text
from bot.service.authoring.shelf import Workshop
from bot.service.core import Core
from bot.store import open_store
from tests.authoring.world import DSL
from tests.conftest import NOW, SCHOOL


def main(folder: Path, url: str, key: str, draft: str, step: str) -> None:
    """Approve it; nothing is asked of what was learned."""

    def die(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    store = open_store(url, (key,), folder / "no.key")
    base = Base(load(folder), cast(Any, None))
    bench = Core(lambda: base, store, workshop=Workshop(folder, between=die)).workbench
    found = bench.draft(SCHOOL, DSL, draft)
    bench.approve(SCHOOL, DSL, draft, digest_of_text(found.text), found.sent_at or NOW, confirmed=found.text.confirm)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:6])
