"""The four documents, opened again: as .docx with real headings, numbers, header rows and alternative texts, and as PDF
page by page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from docx.oxml.ns import qn

from adapters.documents.policy.docx import CLAUSE, policy_docx
from adapters.documents.policy.pdf import policy_pdf
from adapters.documents.policy.tagged import is_tagged
from bot.knowledge import Knowledge
from bot.knowledge.school_policy.model import APPROVED
from bot.service.policy_writing.composing import compose
from bot.service.policy_writing.model import PolicyDocument
from tests.policy.conftest import DAY, LATER, NAMES, PolicySchool, clause, opened, pages, printed, written

Built = dict[str, PolicyDocument]
_NOBODY = "Nobody here has approved these words yet."
_POLICY_NS = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


@pytest.fixture(params=NAMES)
def document(request: pytest.FixtureRequest, built: Built) -> PolicyDocument:
    return built[request.param]


def _style_numbers(made: Any, style: str) -> tuple[str, str]:
    """(the list that a style is numbered by, its level)."""
    found = made.styles[style].element.find(".//w:numPr", _POLICY_NS)
    return found.find(qn("w:numId")).get(qn("w:val")), found.find(qn("w:ilvl")).get(qn("w:val"))


def test_its_headings_are_headings_and_in_the_order_of_the_document(document: PolicyDocument) -> None:
    headings = [each.text for each in opened(document).paragraphs if each.style.name == "Heading 1"]
    assert headings == [section.heading for section in document.sections]


def test_word_itself_counts_headings_and_clauses(document: PolicyDocument) -> None:
    made = opened(document)
    heading, clauses = _style_numbers(made, "Heading 1"), _style_numbers(made, CLAUSE)
    assert heading[0] == clauses[0] and (heading[1], clauses[1]) == ("0", "1")
    listed = made.part.numbering_part.element
    number = next(each for each in listed.iter(qn("w:num")) if each.get(qn("w:numId")) == heading[0])
    abstract = number.find(qn("w:abstractNumId")).get(qn("w:val"))
    levels = next(each for each in listed.iter(qn("w:abstractNum")) if each.get(qn("w:abstractNumId")) == abstract)
    assert [each.get(qn("w:val")) for each in levels.iter(qn("w:lvlText"))] == ["%1", "%1.%2"]


def test_the_number_that_word_counts_is_the_one_that_the_pdf_prints(document: PolicyDocument) -> None:
    counted, section, place = [], 0, 0
    for paragraph in opened(document).paragraphs:
        if paragraph.style.name == "Heading 1":
            section, place = section + 1, 0
        elif paragraph.style.name == CLAUSE:
            place += 1
            counted.append(f"{section}.{place}")
    assert counted == [each.number for each in document.clauses()]
    said = " ".join(pages(document))
    assert all(f"{each.number} {each.text.split('.')[0]}" in said for each in document.clauses())


def test_each_clause_says_since_which_edition_it_stands_and_to_parents_none_does(document: PolicyDocument) -> None:
    texts = [each.text for each in opened(document).paragraphs if each.style.name == CLAUSE]
    whole = " ".join(pages(document))
    if document.letter:
        assert not [each for each in texts if "Edition 1" in each]
        return
    assert whole.count("Edition 1, 1 September 2026") >= len(texts)
    for each, said in zip(document.clauses(), texts, strict=True):
        assert said.startswith(each.text) and ("Edition 1, 1 September 2026" in said or each.points)


def test_the_first_row_of_each_table_is_its_heading_and_the_table_is_described(document: PolicyDocument) -> None:
    tables = opened(document).tables
    assert len(tables) == sum(section.table is not None for section in document.sections)
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in table.rows[1:])
        assert len(table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))) > 30


def test_each_picture_has_an_alternative_text_with_all_that_is_on_it(document: PolicyDocument) -> None:
    pictures = opened(document).inline_shapes
    steps = [section.steps for section in document.sections if section.steps]
    assert len(pictures) == len(steps)
    for picture, drawn in zip(pictures, steps, strict=True):
        said = picture._inline.docPr.get("descr")
        assert all(head in said and text in said for head, text in drawn.steps)


def test_it_is_in_british_english_with_a_title(document: PolicyDocument) -> None:
    made = opened(document)
    assert (made.core_properties.title, made.core_properties.language) == (document.title, "en-GB")
    languages = {each.get(qn("w:val")) for each in made.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_the_same_document_is_the_same_file(document: PolicyDocument) -> None:
    assert policy_docx(document) == written(document)
    assert policy_pdf(document) == printed(document)


def test_every_page_says_which_edition_of_what_it_is(document: PolicyDocument) -> None:
    every = pages(document)
    for number, page in enumerate(every, 1):
        said = f"Fernbank Academy. {document.title}. Edition 1, 1 September 2026. Page {number} of {len(every)}"
        assert said in page


def test_the_pdf_says_every_word_of_the_docx(document: PolicyDocument) -> None:
    whole = re.sub(r"\s", "", "".join(pages(document)))
    made = opened(document)
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    for text in (*(each.text for each in made.paragraphs), *cells):
        for sentence in re.split(r"(?<=[.?:])\s|\t", text):  # a clause may go on over the page
            assert re.sub(r"\s", "", sentence) in whole


def test_no_place_is_left_open(document: PolicyDocument) -> None:
    assert not [page for page in pages(document) if "{" in page or "}" in page]


def test_the_sheet_for_visitors_is_one_page_in_a_draft_too(built: Built) -> None:
    sheet = built["visitors-and-supply"]
    unapproved = tuple(
        replace(section, clauses=tuple(replace(each, approved=False) for each in section.clauses))
        for section in sheet.sections
    )
    draft = replace(sheet, sections=unapproved, to_do=("Something is to be done first",) * 3)
    assert [len(pages(each)) for each in (sheet, draft)] == [1, 1]


def test_the_agreement_ends_with_lines_to_sign_on(built: Built) -> None:
    last = pages(built["acceptable-use-agreement"])[-1]
    assert re.search(r"I will keep to them\..*Name What I do at the school Signature Date", last)


def test_the_agreement_says_its_rules_in_the_words_of_the_policy(built: Built) -> None:
    policy = {each.id: each.text for each in built["staff-policy"].clauses()}
    agreed = [each for each in built["acceptable-use-agreement"].clauses() if each.id != "who-signs"]
    assert all(policy[each.id] == each.text for each in agreed)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("whom it covers", "carers, step-parents, grandparents, other relatives and anybody linked with the school"),
        ("what is appropriate", "Praise is welcome, fair criticism is heard"),
        ("what is not", "Do not name or accuse other people's children, our staff or other families online"),
        ("how to raise a complaint", "We tell you within five school days what we will do about it"),
        ("what the school will do", "tell the police, if it may be a crime"),
        ("who writes", "Yours faithfully, Mrs Ruth Calder, Headteacher"),
    ],
)
def test_the_letter_tells_parents(built: Built, what: str, said: str) -> None:
    assert said in " ".join(pages(built["letter-to-parents"])), what


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("who decides on a new account", "Senior leaders decide. Nobody starts one alone."),
        ("which account is for whom", "Facebook page Parents The school office Everybody"),
        (
            "who moderates, and how often",
            "Check each account that you run once each school day, and more often after a busy post. Mr Ben Ferreira",
        ),
        ("how old pupils must be", "every pupil is old enough for it. Keep to each site's own minimum age."),
        ("which address staff write from", "Write to pupils from a school account to their school account only"),
        ("families without technology", "Not every family is online."),
    ],
)
def test_the_policy_decides_what_a_school_must_decide(built: Built, asked: str, said: str) -> None:
    assert said in " ".join(pages(built["staff-policy"])), asked


@pytest.mark.parametrize("name", ["staff-policy", "visitors-and-supply"])
def test_a_worry_is_rung_through_before_it_is_written_down_out_of_hours_too(built: Built, name: str) -> None:
    document = built[name]
    steps = next(each.steps for each in document.sections if each.steps)
    order = [steps.about.index(each) for each in ("Ring 999", "Ms Amara Bello", "020 7946 0130", "Write it down")]
    assert order == sorted(order)
    assert "020 7946 0130" in " ".join(pages(document)), "in the table of people too"


def test_the_list_of_accounts_does_not_gainsay_the_rule_about_followers(built: Built) -> None:
    assert "Facebook page Parents The school office Everybody" in " ".join(pages(built["staff-policy"]))
    assert "except on the accounts that our list opens to everybody" in clause(built["staff-policy"], "followers")


def test_the_pdf_is_not_taken_for_the_accessible_form(document: PolicyDocument) -> None:
    assert not is_tagged(printed(document))


def test_a_file_whose_structure_tree_marks_all_of_it_is() -> None:
    marked = b"/MarkInfo <</Marked true>> /StructTreeRoot 1 0 R"
    kinds = b" ".join(b"<</S /%s>>" % kind for kind in (b"H1", b"P", b"Table", b"TH", b"TD", b"Figure"))
    assert is_tagged(marked + kinds)
    assert not is_tagged(kinds) and not is_tagged(marked + kinds.replace(b"/TH", b"/TD"))


def test_words_that_nobody_approved_say_so_and_make_it_a_draft(fernbank: PolicySchool) -> None:
    (fernbank.path / APPROVED).unlink()
    draft = fernbank.compose()["letter-to-parents"]
    whole = " ".join(pages(draft))
    assert "This is a draft. It is not in force." in whole and "Draft of edition 1" in whole
    assert whole.count(_NOBODY) == len(list(draft.clauses()))
    assert "18 clauses are not approved as they stand" in whole and "askfirst policy" not in whole


def test_a_question_that_nobody_answered_makes_it_a_draft_that_names_it(fernbank: PolicySchool) -> None:
    fernbank.edit("policy/answers.yaml", "  complaint-days: '5'\n", "")
    letter, staff = (fernbank.compose()[name] for name in ("letter-to-parents", "staff-policy"))
    assert [each for each in letter.to_do if "complaint-days" in each] and not staff.is_draft
    assert "within five school days" in clause(letter, "parents-complain")


def test_a_role_that_nobody_holds_is_named_and_called_by_its_name(fernbank: PolicySchool) -> None:
    fernbank.edit("school.yaml", "data-protection-lead: [data-protection-lead]", "data-protection-lead: []")
    staff = fernbank.compose()["staff-policy"]
    assert [each for each in staff.to_do if "data-protection-lead" in each]
    assert clause(staff, "data-loss").startswith("Tell the data protection lead at once")


def test_an_answer_that_turns_on_the_question_no_more_is_named(fernbank: PolicySchool) -> None:
    path = fernbank.path / "entries" / "contact-families.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{ex-pupil-age}", "19"), encoding="utf-8")
    fernbank.edit("policy/questions.yaml", "    fact: leaver-age\n", "")
    said = " ".join(fernbank.compose()["staff-policy"].to_do)
    assert "must turn on the same and do not any more: friend-ex-pupil" in said


def test_a_clause_stands_only_where_it_was_answered_so(fernbank: PolicySchool) -> None:
    before = fernbank.compose()["staff-policy"]
    fernbank.answer("early-years", "no")
    after = fernbank.compose()["staff-policy"]
    names = {each.id for each in before.clauses()} - {each.id for each in after.clauses()}
    assert names == {"early-years-phones"}


def test_a_school_without_a_lado_is_told_of_none(knowledge: Knowledge) -> None:
    scottish = replace(knowledge, school=replace(knowledge.school, nation="Scotland"))
    staff = compose(scottish, DAY)[0]
    people = next(section.table for section in staff.sections if section.heading == "Whom to tell")
    assert people is not None and "LADO" not in " ".join(cell for row in people.rows for cell in row)


def test_what_has_changed_stands_at_the_end_as_a_table(fernbank: PolicySchool) -> None:
    fernbank.build()
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    staff = fernbank.compose(LATER)["staff-policy"]
    made = opened(staff)
    assert [each.text for each in made.paragraphs if each.style.name == "Heading 1"][-1] == "What has changed"
    rows = [[cell.text for cell in row.cells] for row in made.tables[-1].rows]
    assert rows[0] == ["Clause", "What", "Before", "Now"]
    assert [row[:2] for row in rows[1:]] == [["7.5", "Changed"], ["7.6", "Changed"]]
    assert "under 19" in rows[1][2] and "under 21" in rows[1][3]
    assert "What has changed" in pages(staff)[-1]


def in_nation(school: PolicySchool, nation: str) -> PolicySchool:
    school.edit("school.yaml", "nation: England", f"nation: {nation}")
    return school


@pytest.mark.parametrize(
    ("nation", "rests", "borrowed"),
    [
        ("Wales", "Wales Safeguarding Procedures", "1.5, 4.1"),
        ("Scotland", "National Guidance for Child Protection in Scotland 2021", "1.5, 4.1"),
        ("Northern Ireland", "Safeguarding and Child Protection in Schools: a guide for schools", "1.4, 1.5, 4.1"),
    ],
)
def test_in_another_nation_it_rests_on_what_holds_there_and_says_what_is_left_out_and_what_is_englands(
    fernbank: PolicySchool, nation: str, rests: str, borrowed: str
) -> None:
    documents = in_nation(fernbank, nation).compose()
    policy = documents["staff-policy"]
    printed = " ".join(pages(policy))
    assert "rule is England's alone: “Store your phone and smart watch away" in printed
    assert f"Mrs Ruth Calder (Headteacher) says what holds in {nation}." in printed
    assert f"Clauses {borrowed}" in printed and "on guidance for England" in printed
    assert "early-years-phones" not in [each.id for each in policy.clauses()]
    table = policy.sections[-1].table
    assert table is not None
    [clauses] = [row[1] for row in table.rows if rests in row[0]]
    assert clauses.startswith("1.1, 1.2, 1.3")
    assert not [row for row in table.rows if "Keeping Children Safe" in row[0]], "KCSIE does not hold there"


def test_parents_are_told_of_englands_guidance_while_their_letter_is_a_draft_alone(fernbank: PolicySchool) -> None:
    in_nation(fernbank, "Wales")
    assert "guidance for England" in " ".join(pages(fernbank.compose()["letter-to-parents"]))
    fernbank.approve_all()
    assert "guidance for England" not in " ".join(pages(fernbank.compose()["letter-to-parents"]))
    told = [each.text for each in opened(fernbank.compose()["staff-policy"]).paragraphs[:6]]
    assert any("on guidance for England" in each for each in told)


def test_what_was_left_out_is_filled_by_a_clause_of_that_nation(fernbank: PolicySchool) -> None:
    in_nation(fernbank, "Wales").edit(
        "policy/paragraphs.yaml",
        "\n  # --- pictures\n",
        "\n  early-years-wales:\n    text: Leave your phone in the staff room where the youngest are.\n    cites: []\n"
        "    nations: [Wales]\n    instead_of: early-years-phones\n\n  # --- pictures\n",
    )
    fernbank.edit(
        "policy/paragraphs.yaml",
        "[own-phones, early-years-phones]",
        "[own-phones, early-years-phones, early-years-wales]",
    )
    documents = fernbank.compose()
    assert not [note for note in documents["staff-policy"].notes if "alone" in note]
    assert [note for note in documents["acceptable-use-agreement"].notes if "alone" in note]
    assert "Leave your phone in the staff room" in " ".join(pages(documents["staff-policy"]))


def test_in_england_nothing_is_said_of_other_nations(built: Built) -> None:
    assert not any(each.notes for each in built.values())


def test_each_document_that_it_rests_on_stands_once_with_its_clauses(built: Built) -> None:
    table = built["staff-policy"].sections[-1].table
    assert table is not None
    titles = [row[0] for row in table.rows]
    assert len(titles) == len(set(titles)) and titles[-1] == "The school's own rule"
    numbers = {number for row in table.rows for number in row[1].split(", ")}
    assert numbers == {each.number for each in built["staff-policy"].clauses()}
