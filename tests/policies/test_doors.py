"""Whatever is put in, there is a document or a sentence that says what is wrong and what to do; never half of one."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.documents.reading import formats
from adapters.documents.reading.bounded import read_bytes, read_document
from adapters.documents.reading.formats import read_content
from adapters.documents.reading.kinds import kind_of
from adapters.documents.reading.limits import MEGABYTE, MOST_PAGES, DocumentError, UnreadableContentError
from bot.errors import AskFirstError
from bot.knowledge.policies.importing.clauses import clauses_of
from tests.policies import making

_DOORS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BOMB = 40 * MEGABYTE
ENTITY = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_TAGS = (
    "<ul> <li> </ul> <table> <tr> <td> </td> </table> <p> <h2> </h2> <nav> </nav> <dl> <dt> <dd> </dl> <ol> word <br> "
    "</p>"
)
_LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def refused(name: str, content: bytes) -> str:
    """What is said of a file that is not taken in."""
    with pytest.raises(UnreadableContentError) as caught:
        read_content(kind_of(name, content), content)
    return f"{caught.value.problem}. {caught.value.remedy}"


def goes_through(name: str, content: bytes) -> None:
    """Read to the end, or refused in words: nothing else comes out of a door."""
    try:
        document = read_content(kind_of(name, content), content)
    except UnreadableContentError as fault:
        assert fault.problem and fault.remedy
    else:
        clauses_of(document)


@pytest.mark.parametrize("kind", making.POLICIES)
@given(data=st.data())
@_DOORS
def test_a_file_that_was_cut_off_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    whole = making.POLICIES[kind]
    goes_through(f"policy.{kind}", whole[: data.draw(st.integers(0, len(whole)))])


@pytest.mark.parametrize("kind", making.POLICIES)
@given(data=st.data())
@_DOORS
def test_a_mangled_file_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    mangled = bytearray(making.POLICIES[kind])
    for _ in range(data.draw(st.integers(1, 20))):
        place = data.draw(st.integers(0, len(mangled) - 1))
        mangled[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    goes_through(f"policy.{kind}", bytes(mangled))


@pytest.mark.parametrize(("kind", "part"), [("docx", "word/document.xml"), ("docx", "word/numbering.xml"),
                                            ("docx", "word/styles.xml"), ("odt", "content.xml")])  # fmt: skip
@given(data=st.data())
@_DOORS
def test_a_part_with_odd_values_is_read_or_refused(kind: str, part: str, data: st.DataObject) -> None:
    """The zip is whole, and what is in it is not as it should be."""
    xml = making.part_of(making.POLICIES[kind], part)
    for _ in range(data.draw(st.integers(1, 5))):
        old = data.draw(st.sampled_from(sorted({xml[i : i + 3] for i in range(0, len(xml), 97)})))
        xml = xml.replace(old, data.draw(st.sampled_from(("999999999999", "-1", "", "²", "w:p", '"', "x" * 50))))
    goes_through(f"policy.{kind}", making.with_parts(making.POLICIES[kind], {part: xml}))


@given(content=st.binary(max_size=400), name=st.sampled_from(["a.docx", "a.pdf", "a.odt", "a.md", "a.html", "a.txt"]))
@_DOORS
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    goes_through(name, content)


@given(text=st.text(max_size=300), kind=st.sampled_from(["md", "html", "txt"]))
@_DOORS
def test_any_text_is_read_or_refused(text: str, kind: str) -> None:
    goes_through(f"a.{kind}", text.encode("utf-8", "replace"))


@example(tags=["<td>", "<table>"])
@given(tags=st.lists(st.sampled_from(_TAGS.split()), max_size=40))
@_DOORS
def test_html_in_any_order_is_read_or_refused_and_no_word_is_lost(tags: list[str]) -> None:
    closed = ["</nav>"] * (tags.count("<nav>") + 1)
    content = " ".join([*tags, "</title>", *closed, "<p>", "last"]).encode()
    document = read_content("html", content)
    assert document.blocks[-1].text.endswith("last") or "last" in document.blocks[-1].cells[-1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 word", "Word's format from before 2007"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 word", "Word's format from before 2007"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "it has a password"),
        ("a.docm", making.POLICIES["docx"], "it may hold macros"),
        ("a.rtf", b"{\\rtf1}", "it is rich text"),
        ("a.exe", b"MZ", "a file of this kind (.exe) is not read"),
        ("policy", b"Phones", "a file of this kind (no ending) is not read"),
        ("a.pdf", making.POLICIES["docx"], "its name says .pdf, and it is a .docx file"),
        ("a.docx", making.POLICIES["pdf"], "its name says .docx, and it is a .pdf file"),
        ("a.docx", making.zipped({"hello.txt": "hello"}), "it is another kind of zip file"),
        ("a.txt", making.POLICIES["odt"], "its name says .txt, and it is a .odt file"),
        ("a.txt", bytes(range(256)) * 9, "another kind of file"),
        ("a.txt", b"", "the file is empty"),
        ("a.md", b" \n\n", "no text was found"),
        ("a.docx", making.POLICIES["docx"][:900], "damaged or was cut off"),
    ],
)
def test_what_is_not_taken_in_is_said_with_what_to_do(name: str, content: bytes, said: str) -> None:
    assert said in refused(name, content)


def test_macros_are_refused_whatever_the_file_is_called() -> None:
    with_macros = making.with_parts(making.POLICIES["docx"], {"word/vbaProject.bin": b"Sub AutoOpen()"})
    assert "it holds macros. Save it without them" in refused("a.docx", with_macros)
    basic = making.with_parts(making.POLICIES["odt"], {"Basic/script-lc.xml": "<x/>"})
    assert "it holds macros" in refused("a.odt", basic)


@pytest.mark.parametrize("start", [ENTITY, _LAUGHS])
def test_entities_are_not_followed(start: str) -> None:
    body = making.odt_content("<text:p>A rule.&b;</text:p>").replace("&b;", "")
    content = making.zipped({"content.xml": start + body})
    assert "calls for something outside itself" in refused("a.odt", content)


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_zip_bomb_is_not_unpacked(kind: str) -> None:
    part = {"docx": "word/document.xml", "odt": "content.xml"}[kind]
    bomb = making.with_parts(making.POLICIES[kind], {part: b"<a>" + b" " * BOMB + b"</a>"})
    assert len(bomb) < MEGABYTE
    tracemalloc.start()
    said = refused(f"a.{kind}", bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "far more than a document holds" in said
    assert most < 3 * BOMB


def test_xml_nested_without_end_does_not_end_the_process(tmp_path: Path) -> None:
    deep = making.odt_content("<text:section>" * 60_000 + "<text:p>A rule.</text:p>" + "</text:section>" * 60_000)
    file = tmp_path / "deep.odt"
    file.write_bytes(making.zipped({"content.xml": deep}))
    with pytest.raises(DocumentError, match=r"deep\.odt: it is (nested without end|damaged)"):
        read_document(file)


def pages(number: int, password: str = "") -> bytes:
    """A PDF with so many empty pages, which a password opens where there is one."""
    pdf = FPDF()
    for _ in range(number):
        pdf.add_page()
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    return bytes(pdf.output())


def test_a_pdf_with_too_many_pages_is_to_be_cut_into_parts() -> None:
    said = refused("a.pdf", pages(MOST_PAGES + 1))
    assert f"it has {MOST_PAGES + 1} pages, and at most {MOST_PAGES} are read. Cut it into parts" in said


def test_a_pdf_with_a_password_is_refused() -> None:
    assert "it has a password. Save a copy without a password" in refused("a.pdf", pages(1, "secret"))


def with_a_scan(pages: int) -> bytes:
    """A policy with a page behind it that is a picture and nothing else."""
    pdf = FPDF()
    for page in range(pages):
        pdf.add_page()
        pdf.set_font("helvetica", size=11)
        pdf.multi_cell(0, 6, making.PARAGRAPH if page else making.LAST)
    pdf.add_page()
    pdf.image(Image.new("RGB", (600, 800), "grey"), 10, 10, 190, 270)
    return bytes(pdf.output())


def test_a_scan_is_named_unreadable() -> None:
    assert "unreadable: it holds no text, as a scan does" in refused("a.pdf", with_a_scan(0))


def test_a_document_with_one_scanned_page_is_not_half_read_unless_somebody_says_so() -> None:
    content = with_a_scan(2)
    said = refused("a.pdf", content)
    assert "unreadable: page 3 is a picture without text" in said
    assert "--without-pages 3" in said
    document = read_content("pdf", content, [3])
    assert document.remarks == ("page 3 was left out, as you said",)
    assert [each.text for each in document.blocks] == [making.LAST, making.PARAGRAPH]


def test_an_empty_page_is_no_scan(tmp_path: Path) -> None:
    file = tmp_path / "policy.pdf"
    with pypdfium2.PdfDocument(making.POLICIES["pdf"]) as pdf:
        pdf.new_page(595, 842).close()
        pdf.save(file)
    assert read_content("pdf", file.read_bytes()).blocks == read_content("pdf", making.POLICIES["pdf"]).blocks


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as large:
        large.truncate(51 * MEGABYTE)
    with pytest.raises(DocumentError, match=r"large\.txt: it is larger than 50 MB"):
        read_document(file)


def test_more_text_than_a_policy_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_CHARACTERS", 50)
    assert "far more text than a policy" in refused("a.md", making.MARKDOWN.encode())
    monkeypatch.setattr(formats, "MOST_CHARACTERS", 5000)
    dropped = f"\n\n-- {'a' * 5000} --\n".encode()
    assert "far more text than a policy" in refused("a.md", making.MARKDOWN.encode() + dropped)


@pytest.mark.parametrize("name", ["gone.docx", ""])
def test_a_file_that_is_not_there_or_is_a_folder_is_said_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(AskFirstError, match=str(tmp_path / name)):
        read_document(tmp_path / name)


def test_the_process_that_reads_a_document_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json").mkdir()
    says = 'import os, sys\nprint(\'{"problem": "%s", "remedy": "-"}\' % (sorted(os.environ),))\nsys.exit()'
    (tmp_path / "json" / "__init__.py").write_text(says, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("ASKFIRST_KEY", "hunter2")
    with pytest.raises(UnreadableContentError) as caught:
        read_bytes("policy.md", making.MARKDOWN.encode())
    assert "PYTHONPATH" in caught.value.problem and "ASKFIRST" not in caught.value.problem


def test_what_a_document_does_to_the_process_that_reads_it_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is ended by its own limit: of time here, as it would be by that of memory."""
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 0))\n"
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "__init__.py").write_text(limited + "while True: pass", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    file = tmp_path / "policy.md"
    file.write_bytes(making.MARKDOWN.encode())
    with pytest.raises(DocumentError, match="takes more memory or time to read than a document may"):
        read_document(file)
