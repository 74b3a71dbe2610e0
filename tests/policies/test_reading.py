"""A document is read whole, whatever its format: headings, lists, tables, numbers, and nothing of the page's frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from adapters.documents.reading.bounded import read_document
from adapters.documents.reading.formats import read_content
from adapters.documents.reading.lines import Line, blocks_of
from bot.knowledge.policies.importing.about import about
from bot.knowledge.policies.importing.clauses import Imported, clauses_of
from tests.policies import making

W = nsdecls("w")


def imported(kind: str, content: bytes) -> Imported:
    return clauses_of(read_content(kind, content))


def texts(kind: str, content: bytes) -> list[str]:
    return [each.text for each in imported(kind, content).clauses]


def xml_docx(body: str) -> bytes:
    """A .docx whose body is this XML."""
    inside = making.part_of(making.docx_policy(), "word/document.xml")
    start, end = inside.index("<w:body>") + len("<w:body>"), inside.index("<w:sectPr")
    return making.with_parts(making.docx_policy(), {"word/document.xml": inside[:start] + body + inside[end:]})


@pytest.mark.parametrize("kind", making.POLICIES)
def test_every_format_gives_the_same_clauses(kind: str) -> None:
    found = [(each.text, each.lead) for each in imported(kind, making.POLICIES[kind]).clauses]
    wanted = making.CLAUSES if kind != "txt" else [each for each in making.CLAUSES if " | " not in each[0]]
    assert found == wanted


@pytest.mark.parametrize("kind", making.POLICIES)
def test_a_clause_stands_under_its_headings(kind: str) -> None:
    last = imported(kind, making.POLICIES[kind]).clauses[-1]
    assert last.heading[-1] == "Breaches"


@pytest.mark.parametrize("kind", making.POLICIES)
def test_a_file_is_read_in_a_process_of_its_own_as_it_is_here(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"policy.{kind}"
    file.write_bytes(making.POLICIES[kind])
    assert read_document(file) == (read_content(kind, making.POLICIES[kind]), making.POLICIES[kind])


def test_the_frame_of_pages_is_dropped_and_said() -> None:
    found = imported("pdf", making.pdf_policy(pages=3))
    assert not any("Oak Hill" in each.text or each.text.startswith("Page") for each in found.clauses)
    assert "Oak Hill School: policies" in found.left_out
    assert [each.page for each in found.clauses if each.text.startswith(making.LAST)] == [1, 2, 3]


def test_menus_and_scripts_of_a_page_are_not_read() -> None:
    found = imported("html", making.POLICIES["html"])
    assert "Call the office" in found.left_out
    assert not any(word in each.text for each in found.clauses for word in ("alert", "Home", "color"))


def test_numbers_that_word_works_out_stand_before_their_clauses() -> None:
    document = making.word()
    making.numbered(document, (("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")))
    for text, depth in (("Use", 0), ("Staff must ask first.", 1), ("Pictures wait for consent.", 1), ("Phones", 0),
                        ("Phones stay in the bag.", 1), ("Pupils must not use them:", 1), ("in lessons at all;", 2),
                        ("on the way to assembly.", 2)):  # fmt: skip
        making.in_list(document, text, depth)
    found = imported("docx", making.saved(document))
    assert [each.number for each in found.clauses] == ["1.1", "1.2", "2.1", "(a)", "(b)"]
    assert found.clauses[0].heading == ("1 Use",)
    assert found.clauses[3].lead == "Pupils must not use them:"


def test_a_list_that_word_starts_anew_counts_from_there() -> None:
    document = making.word()
    making.numbered(document, (("upperRoman", "%1."),))
    numbering = document.part.numbering_part.element
    numbering.append(
        parse_xml(
            f'<w:num {W} w:numId="78"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    for text, number in (("One is a rule here.", 77), ("Two is a rule here.", 77), ("A rule of the next list.", 78)):
        making.in_list(document, text, 0, number)
    assert [each.number for each in imported("docx", making.saved(document)).clauses] == ["I.", "II.", "I."]


def test_tracked_insertions_controls_and_text_boxes_are_read_and_deletions_are_not() -> None:
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('Staff ')}<w:ins>{run.format('must ask first.')}</w:ins>"
        f"<w:del><w:r><w:delText> may guess.</w:delText></w:r></w:del></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('This stands in a control of its own.')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run.format('This stands in a box on the page.')}</w:p></w:txbxContent>"
        f"</w:pict></w:r></w:p><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden words are not read.</w:t></w:r></w:p>"
    )
    assert texts("docx", xml_docx(body)) == [
        "Staff must ask first.", "This stands in a control of its own.", "This stands in a box on the page.",
    ]  # fmt: skip


def test_a_list_of_contents_is_dropped_in_whichever_way_word_made_it() -> None:
    style = "<w:p><w:pPr><w:pStyle w:val='{}'/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    field = "<w:p><w:r><w:fldChar w:fldCharType='{}'/></w:r>{}</w:p>"
    code = "<w:r><w:instrText>TOC \\o</w:instrText></w:r><w:r><w:t>Phones are listed here 3</w:t></w:r>"
    gallery = "<w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
    listed = "<w:p><w:r><w:t>Breaches are listed here 4</w:t></w:r></w:p>"
    body = (
        f"<w:sdt>{gallery}<w:sdtContent>{listed}</w:sdtContent></w:sdt>"
        f"{field.format('begin', code)}{field.format('end', '')}{style.format('Normal', 'A rule that stays in.')}"
    )
    found = imported("docx", xml_docx(body))
    assert [each.text for each in found.clauses] == ["A rule that stays in."]
    assert found.left_out == ("Breaches are listed here 4", "Phones are listed here 3")


def test_a_typed_list_of_contents_is_dropped() -> None:
    lines = "Contents\n\nPhones ........ 3\n\nPictures ....... 12\n\nPhones\n\nPhones stay in the bag all day.\n"
    found = imported("txt", lines.encode())
    assert [each.text for each in found.clauses] == ["Phones stay in the bag all day."]
    assert "Pictures ....... 12" in found.left_out


def test_headings_are_known_by_the_name_of_their_style_not_by_its_id() -> None:
    styles = making.part_of(making.docx_policy(), "word/styles.xml").replace('w:styleId="Heading1"', 'w:styleId="2"')
    inside = making.part_of(making.docx_policy(), "word/document.xml").replace('w:val="Heading1"', 'w:val="2"')
    content = making.with_parts(making.docx_policy(), {"word/styles.xml": styles, "word/document.xml": inside})
    assert imported("docx", content) == imported("docx", making.docx_policy())


def test_what_is_nested_in_an_item_goes_with_it() -> None:
    markdown = "Staff must:\n\n1. ask the head about\n   - pictures\n   - films\n2. wait for the answer.\n"
    assert texts("md", markdown.encode()) == ["ask the head about - pictures - films", "wait for the answer."]


def test_a_list_of_mere_names_is_one_clause_with_what_leads_in_to_it() -> None:
    markdown = "This covers the following:\n\n* Blogs\n* Photo sites\n* Group chats\n"
    assert texts("md", markdown.encode()) == ["This covers the following: Blogs; Photo sites; Group chats"]


@pytest.mark.parametrize(
    ("lead", "items"),
    [("A request should include:", ("Name of the person", "Address", "Details of what is wanted")),
     ("Sensitive data is data revealing:", ("Racial or ethnic origin;", "Health; or", "A person's beliefs.")),
     ("This includes:", ("Confirmation that their data is held", "How long it will be kept"))],
)  # fmt: skip
def test_things_that_a_lead_in_names_are_one_clause_with_it(lead: str, items: tuple[str, ...]) -> None:
    markdown = f"{lead}\n\n" + "".join(f"* {each}\n" for each in items)
    assert texts("md", markdown.encode()) == [f"{lead} {'; '.join(items)}"]


def test_rules_after_such_a_lead_in_are_a_clause_each() -> None:
    rules = ("Phones are kept in the locker.", "Keeping a record of every visit")
    markdown = "We keep pupils safe, including:\n\n" + "".join(f"* {each}\n" for each in rules)
    assert texts("md", markdown.encode()) == list(rules)


def test_a_text_that_stands_in_as_an_item_does_goes_with_it_and_one_at_the_margin_does_not() -> None:
    text = (
        "Parents are told.\n\nThe head:\n\n   *   Ask the family first.\n\n       If nobody is there, ask again.\n"
        "         o keep a note of it.\n\n   *   Ask the governors next.\n\nNothing else is done.\n"
    )
    assert texts("txt", text.encode()) == [
        "Parents are told.", "Ask the family first. If nobody is there, ask again. o keep a note of it.",
        "Ask the governors next.", "Nothing else is done.",
    ]  # fmt: skip


def test_the_end_of_a_sentence_at_the_edge_of_a_page_is_no_page_number() -> None:
    text = "We act as the law of the\nland has it, as it was made (the\n2018).\n\fVisitors sign the book.\n\n2\n"
    found = imported("txt", text.encode())
    assert [each.text for each in found.clauses] == [
        "We act as the law of the land has it, as it was made (the 2018).", "Visitors sign the book.",
    ]  # fmt: skip
    assert found.left_out == ("2",)


def test_a_lead_in_that_nothing_follows_is_kept() -> None:
    assert texts("md", b"Phones stay in the bag all day.\n\nStaff must always:\n") == [
        "Phones stay in the bag all day.", "Staff must always:",
    ]  # fmt: skip


def test_lines_about_the_document_are_no_clauses_and_a_rule_that_begins_like_one_is() -> None:
    markdown = (
        "# Phones\n\nVersion: 3.2\n\nReviewed by: Mrs Head, May 2026\n\nHeadteacher: must be told of every breach.\n"
    )
    found = imported("md", markdown.encode())
    assert [each.text for each in found.clauses] == ["Headteacher: must be told of every breach."]
    assert found.left_out == ("Version: 3.2", "Reviewed by: Mrs Head, May 2026")


@pytest.mark.parametrize(
    ("typed", "number", "text"),
    [("3.1 Staff must ask.", "3.1", "Staff must ask."), ("(b) Staff must ask.", "(b)", "Staff must ask."),
     ("4. Staff must ask.", "4.", "Staff must ask."), ("2020 was a year of rules.", "", "2020 was a year of rules."),
     ("A. Deputy keeps the key.", "", "A. Deputy keeps the key."), ("Appendix 1: Ask.", "Appendix 1", "Ask."),
     ("appendix 1.", "", "appendix 1.")],
)  # fmt: skip
def test_a_number_typed_by_hand_is_known_from_a_text_that_begins_with_one(typed: str, number: str, text: str) -> None:
    [clause] = imported("html", f"<p>{typed}</p>".encode()).clauses
    assert (clause.number, clause.text) == (number, text)


def test_title_edition_and_date_are_guessed() -> None:
    document = read_content(
        "md", b"---\ntitle: Phones\nadopted_date: 2026-09-01\n---\nVersion 4.1\n\nPhones stay away.\n"
    )
    left_out = clauses_of(document).left_out
    found = about(document, left_out, "phones.md")
    assert (found.title, found.edition, found.date) == ("Phones", "4.1", "2026-09-01")


def test_the_date_of_the_next_review_is_not_taken_for_that_of_the_document() -> None:
    document = read_content(
        "txt", b"Phones policy\n\nNext review: May 2028\n\nApproved: 3 June 2026\n\nPhones stay away.\n"
    )
    assert about(document, clauses_of(document).left_out, "phones.txt").date == "2026-06-03"


def test_text_is_read_in_the_encodings_that_windows_saves() -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        assert texts("txt", "The school’s phones stay away from pupils.".encode(encoding)) == [
            "The school’s phones stay away from pupils."
        ]


def test_a_numbered_paragraph_whose_first_line_ends_a_sentence_is_one_clause() -> None:
    rows = (
        ("1.1 Phones stay in the bag.", 500),
        ("Visitors leave theirs at the door.", 300),
        ("1.2 Keys are counted.", 200),
    )
    lines = [
        Line(text, 1, 50, right, 700 - 14 * place, 690 - 14 * place, 11, False, 842)
        for place, (text, right) in enumerate(rows)
    ]
    assert [each.text for each in blocks_of(lines, 14)] == [
        "Phones stay in the bag. Visitors leave theirs at the door.", "Keys are counted.",
    ]  # fmt: skip
