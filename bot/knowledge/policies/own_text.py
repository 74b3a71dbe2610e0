"""A document of the school's own -> the text of its file. Pure; reading it gives the same document."""

from __future__ import annotations

from typing import Any

import yaml

from bot.knowledge.policies.own import OwnClause, OwnDocument, Tick

_HEAD = """\
# A document of the school's own, clause by clause in its own words, written by `askfirst policy`. Change it with that
# (look, split, join, leave-out, mark, tick): the words must stay those of the document that staff were given. Entries
# cite the ids: none is ever used again.
"""
_WIDTH = 116


def own_text(document: OwnDocument) -> str:
    """The whole file."""
    head: dict[str, Any] = {
        "id": document.id,
        "title": document.title,
        "edition": document.edition,
        "date": document.date,
        "nation": document.nation,
        "file": document.file,
        "digest": document.digest,
        "added": document.added.isoformat(),
        "former": list(document.former),
    }
    if let_in := document.let_in:
        head["let_in"] = {
            "by": let_in.by, "role": let_in.role, "because": let_in.because, "on": let_in.on.isoformat(),
        }  # fmt: skip
    data = {"document": _filled(head), "clauses": [_clause(each) for each in document.clauses]}
    return _HEAD + yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


def _clause(clause: OwnClause) -> dict[str, Any]:
    return _filled(
        {
            "id": clause.id,
            "number": clause.number,
            "heading": list(clause.heading),
            "page": clause.page,
            "lead": clause.lead,
            "text": clause.pieces[0] if len(clause.pieces) == 1 else list(clause.pieces),
            "force": clause.force,
            "part_of": clause.part_of,
            "left_out": clause.left_out,
            "gone": clause.gone,
            "changed": clause.changed.isoformat() if clause.changed else "",
            "ticks": [_tick(each) for each in clause.ticks],
        }
    )


def _tick(tick: Tick) -> dict[str, Any]:
    unrelated = {"unrelated": True} if tick.unrelated else {}
    return unrelated | {
        "entry": tick.entry, "agrees": tick.agrees, "by": tick.by, "role": tick.role, "on": tick.on.isoformat(),
        "clause_words": tick.clause_words, "entry_words": tick.entry_words,
    }  # fmt: skip


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in ("", None, False, [])}


class _Dumper(yaml.SafeDumper):
    """Without anchors, and with a long text as one line after the other."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
