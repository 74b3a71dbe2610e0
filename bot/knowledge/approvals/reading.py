"""Reading approvals.yaml. Words that do not fit their digest are a fault, and so is a name, role, day or tick that does
not fit its seal: nobody approved those."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.knowledge.approvals.model import FILE, Approval, Approvals
from bot.knowledge.approvals.rules import APPROVERS
from bot.knowledge.approvals.words import SEEN, digest_of, plain, seal_of
from bot.knowledge.files.fields import Faults, YamlFields

_FIELDS = {"entry", "digest", "words", "confirmed", "against", "by", "role", "on", "review_by", "seal"}
_NO_SEAL = (None, "", "~", "null")  # an empty one, and how it is written back
_NAMELESS = "an approval"  # which names no entry


def read_approvals(fields: YamlFields, faults: Faults, replaced: Callable[[str], bool] = lambda _: False) -> Approvals:
    """fields -> Approvals; whatever is wrong is noted in `faults`, save with approvals that are being `replaced`. One
    without a seal does not count, and is no fault: the school starts, and approves it anew."""
    fields.only({"made_up", "approvals"})
    made_up = fields.flag("made_up", missing=False)
    given: dict[str, Approval] = {}
    unsealed: list[str] = []
    turned: list[str] = []
    for item in fields.items("approvals") if fields.has("approvals") else []:
        name = name_of(item)
        if replaced(name):
            continue
        if isinstance(item, Mapping) and item.get("seal") in _NO_SEAL:
            unsealed.append(name)
            continue
        approval = _read(YamlFields(faults, FILE, name, item), made_up, turned)
        if approval.entry in given:
            faults.add(FILE, name, "entry", "stands twice", f"Approve it anew: {_approve(name)}")
        given[approval.entry] = approval
    if turned:
        _fault_of_made_up(fields, made_up, turned)
    return Approvals(given, made_up, tuple(unsealed))


def name_of(item: object) -> str:
    """The entry of one approval as it stands in the file."""
    return str(item.get("entry", _NAMELESS)) if isinstance(item, Mapping) else _NAMELESS


def _read(fields: YamlFields, made_up: bool, turned: list[str]) -> Approval:
    fields.only(_FIELDS)
    entry = fields.text("entry")
    words = plain(fields.mapping("words"))
    fields.inner("words", words).only(SEEN)
    approval = Approval(
        entry=entry,
        digest=fields.text("digest"),
        words=words,
        by=fields.text("by"),
        role=fields.choice("role", APPROVERS),
        on=fields.date("on"),
        review_by=fields.date("review_by"),
        confirmed=tuple(plain(fields.texts("confirmed", required=False))),
        against=tuple(fields.texts("against", required=False)),
    )
    _check(fields, approval, made_up, turned)
    return approval


def _check(fields: YamlFields, approval: Approval, made_up: bool, turned: list[str]) -> None:
    """Whether words fit the digest, and the rest the seal; `turned` gathers those that do once 'made_up' is turned."""
    remedy = f"Read it and approve it: {_approve(approval.entry)}. Or take it away: {_withdraw(approval.entry)}"
    seal = fields.text("seal")
    if approval.words and digest_of(approval.words) != approval.digest:
        fields.fault("words", "are not those that were approved: the digest does not fit", remedy)
    elif seal == seal_of(approval, not made_up):
        turned.append(approval.entry)
    elif seal != seal_of(approval, made_up):
        problem = "does not fit: the entry, a name, the role, a day or what was ticked is not what was approved"
        fields.fault("seal", problem, remedy)


def _fault_of_made_up(fields: YamlFields, made_up: bool, turned: list[str]) -> None:
    """One fault for all of them: it is one line that was changed."""
    those = f"'{turned[0]}'" + (f" and {len(turned) - 1} more" if len(turned) > 1 else "")
    if made_up:
        problem, remedy = "was given as real", "Take the line 'made_up: true' away, or take back"
    else:
        problem, remedy = "was made up for the demo school", "Put the line 'made_up: true' back, or take back"
    fields.fault("made_up", f"does not fit: the approval of {those} {problem}", f"{remedy}: {_withdraw(turned[0])}")


def _approve(entry: str) -> str:
    return f"askfirst approve {entry}"


def _withdraw(entry: str) -> str:
    return f"askfirst approve --withdraw {entry}"
