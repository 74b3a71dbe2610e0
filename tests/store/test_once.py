"""The store on SQLite and on PostgreSQL: the same form is one concern."""

from __future__ import annotations

import threading

from bot.knowledge import School
from bot.store import Store
from tests.store.made import DSL, log


def test_the_same_form_twice_is_one_concern_and_one_receipt(either: Store, school: School) -> None:
    first, second = log(either, school), log(either, school)
    assert (second.number, second.receipt) == (first.number, first.receipt)
    assert (first.repeated, second.repeated) == (False, True)
    assert len(either.inbox(school.id).summaries(DSL)) == 1


def test_two_forms_are_two_concerns(either: Store, school: School) -> None:
    assert log(either, school, "one").number != log(either, school, "two").number


def test_the_same_form_by_eight_requests_at_once_is_one_concern(either: Store, school: School) -> None:
    receipts: list[str] = []
    ready = threading.Barrier(8)

    def submit() -> None:
        ready.wait()
        receipts.append(log(either, school).receipt)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1
    assert len(either.inbox(school.id).summaries(DSL)) == 1
    assert either.audit(school.id).verify() == ()


def test_a_receipt_is_short_and_found_however_it_is_typed(either: Store, school: School) -> None:
    logged = log(either, school)
    assert len(logged.receipt) == 11
    assert logged.receipt.startswith(logged.number)
    typed = logged.receipt.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    found = either.inbox(school.id).followed(typed)
    assert found is not None
    assert found[0] == logged.number
    assert either.inbox(school.id).followed(f"{logged.number}-00000") is None
