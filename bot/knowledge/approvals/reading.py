"""Reading approvals.yaml. Words that do not fit their own digest are a fault: nobody approved those."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.knowledge.approvals.model import FILE, Approval, Approvals
from bot.knowledge.approvals.rules import APPROVERS
from bot.knowledge.approvals.words import SEEN, digest_of, plain
from bot.knowledge.files.fields import Faults, YamlFields

_FIELDS = {"entry", "digest", "words", "confirmed", "by", "role", "on", "review_by"}


def read_approvals(fields: YamlFields, faults: Faults, replaced: Callable[[str], bool] = lambda _: False) -> Approvals:
    """fields -> Approvals; whatever is wrong is noted in `faults`, save with approvals that are being `replaced`."""
    fields.only({"made_up", "approvals"})
    given: dict[str, Approval] = {}
    for item in fields.items("approvals") if fields.has("approvals") else []:
        name = str(item.get("entry", "an approval")) if isinstance(item, Mapping) else "an approval"
        if replaced(name):
            continue
        approval = _read(YamlFields(faults, FILE, name, item))
        if approval.entry in given:
            faults.add(FILE, name, "entry", "stands twice", f"Approve it anew: askfirst approve {name}")
        given[approval.entry] = approval
    return Approvals(given, fields.flag("made_up", missing=False))


def _read(fields: YamlFields) -> Approval:
    fields.only(_FIELDS)
    entry, digest = fields.text("entry"), fields.text("digest")
    words = plain(fields.mapping("words"))
    fields.inner("words", words).only(SEEN)
    if words and digest_of(words) != digest:
        remedy = f"Read them and approve them: askfirst approve {entry}"
        fields.fault("words", "are not those that were approved: the digest does not fit", remedy)
    return Approval(
        entry=entry,
        digest=digest,
        words=words,
        by=fields.text("by"),
        role=fields.choice("role", APPROVERS),
        on=fields.date("on"),
        review_by=fields.date("review_by"),
        confirmed=tuple(plain(fields.texts("confirmed", required=False))),
    )
