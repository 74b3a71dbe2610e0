"""A school of the test's own, whose answers, approvals and editions of the policy it may change."""

from __future__ import annotations

import datetime as dt
import functools
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from adapters.documents.policy.docx import policy_docx
from adapters.documents.policy.pdf import policy_pdf
from bot.knowledge import Knowledge
from bot.knowledge.school_policy.answering import given_as
from bot.knowledge.school_policy.model import EDITIONS
from bot.service.approving.signing import Signature
from bot.service.policy_writing.answering import Follows, write_answer
from bot.service.policy_writing.approving import approve_paragraphs, to_approve
from bot.service.policy_writing.building import documents, keep_editions
from bot.service.policy_writing.filling_in import digest_of_paragraph
from bot.service.policy_writing.model import PolicyDocument
from tests.approvals.giving import Folder
from tests.make_base import small_base

DAY, LATER = dt.date(2026, 9, 1), dt.date(2026, 11, 2)
DSL = Signature("Ms Amara Bello", "dsl", DAY, made_up=True)
NAMES = ("staff-policy", "acceptable-use-agreement", "visitors-and-supply", "letter-to-parents")


@dataclass(frozen=True)
class PolicySchool(Folder):
    """The demo school, cut small: everything is answered and approved, which is made up."""

    def answer(self, question: str, value: Any) -> Follows:
        return write_answer(self.path, question, given_as(self.load().policy.questions[question], value))

    def approve_all(self) -> None:
        """Both: the clauses of the policy and the answers to staff."""
        knowledge = self.load()
        read = [(each.id, digest_of_paragraph(knowledge, each)) for each in to_approve(knowledge)]
        if read:
            approve_paragraphs(self.path, read, DSL)
        if waiting := sorted(knowledge.waiting):
            self.approve(waiting, DSL)

    def compose(self, on: dt.date = DAY) -> dict[str, PolicyDocument]:
        return {each.id: each for each in documents(self.load(), on)}

    def build(self, on: dt.date = DAY) -> dict[str, PolicyDocument]:
        """With the editions kept, as `askfirst policy build` does."""
        knowledge = self.load()
        built = documents(knowledge, on)
        keep_editions(self.path, knowledge, built)
        return {each.id: each for each in built}

    @property
    def editions(self) -> Path:
        return self.path / EDITIONS


@pytest.fixture
def fernbank(tmp_path: Path) -> Iterator[PolicySchool]:
    made = tmp_path / "knowledge"
    shutil.copytree(small_base(), made)
    yield PolicySchool(made)


@pytest.fixture(scope="session")
def built(knowledge: Knowledge) -> dict[str, PolicyDocument]:
    """The documents of the demo school as it is shipped."""
    return {each.id: each for each in documents(knowledge, DAY)}


written, printed = functools.cache(policy_docx), functools.cache(policy_pdf)  # each is written once for all who read


@functools.cache
def opened(document: PolicyDocument) -> Any:
    """The .docx, read again."""
    return docx.Document(io.BytesIO(written(document)))


@functools.cache
def pages(document: PolicyDocument) -> tuple[str, ...]:
    """The words of each page of the PDF."""
    reader = PdfReader(io.BytesIO(printed(document)))
    return tuple(" ".join(page.extract_text().split()) for page in reader.pages)


def clause(document: PolicyDocument, name: str) -> str:
    return next(each.text for each in document.clauses() if each.id == name)
