"""What staff would see of an entry that is not served, or not yet. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.answering.answers import answer_with, fact_question
from bot.answering.remarks import tell_author
from bot.knowledge import Entry, Knowledge
from bot.knowledge.authoring import EntryText
from bot.messages import Reply
from bot.store.desks.drafts import Draft


def preview(knowledge: Knowledge, entry: Entry, now: dt.datetime) -> Reply:
    """The answer as staff would see it if it were asked for now."""
    cites = tuple(clause for clause in entry.cites if clause in knowledge.clauses)
    shown = replace(entry, cites=cites)
    return Reply(
        "answer",
        answer=answer_with(knowledge, shown, {}, now),
        question=fact_question(knowledge, shown, {}),
        offers=(tell_author(entry.id),),
        feedback=True,
    )


def drafted(knowledge: Knowledge, draft: Draft, text: EntryText) -> Entry:
    """The entry as the draft would have it, which nobody has approved."""
    found = knowledge.as_written().entries.get(draft.entry)
    entry = found or Entry(draft.entry or "new", draft.file, "", "info", "", "", "", "", None, ())
    return text.in_entry(replace(entry, approved_by="", approved_role="", reviewed=None, review_by=None))
