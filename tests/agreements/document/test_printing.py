"""The PDF: tagged, the same bytes, and safe whatever people write."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.agreements import samples
from tests.agreements.document.samples import AT, figures, reader, state, tags, text
from traitdunion.agreements.document import printing, sections
from traitdunion.agreements.document.sheet import Sheet

TERMS = samples.terms()
SHEET = sections.sheet(TERMS, state())


def said(words: str) -> Sheet:
    """The document of somebody who wrote that everywhere one may."""
    beneficiary = replace(TERMS.beneficiary, family_name=words, address=words, situation=words)
    return sections.sheet(replace(TERMS, beneficiary=beneficiary, tasks=words, goals=words), state())


class TestPdf:
    def test_declares_that_it_is_accessible(self) -> None:
        found = reader(printing.pdf(SHEET, at=AT))

        root = found.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]) == "True"  # type: ignore[index]
        assert root["/Lang"] == "fr-FR"  # type: ignore[index]
        assert found.metadata is not None
        assert found.metadata.title == SHEET.title
        assert found.xmp_metadata is not None
        assert "<pdfuaid:part>1</pdfuaid:part>" in found.xmp_metadata.stream.get_data().decode()

    def test_has_its_structure_in_tags(self) -> None:
        content = printing.pdf(SHEET, at=AT)

        found = tags(content)
        tables = [section.table for section in SHEET.sections if section.table]
        assert found["/H1"] == len(SHEET.sections) + 1  # that of its verification
        assert found["/Title"] == 1
        assert found["/LI"] == sum(len(section.rows) for section in SHEET.sections)
        assert found["/Table"] == len(tables)
        assert found["/TH"] == sum(len(table.header) for table in tables)
        assert found["/TD"] == sum(len(line) for table in tables for line in table.lines)
        assert found["/Link"] == 1
        assert figures(content) == ["Code QR qui ouvre la page de vérification de ce document"]

    def test_says_all_that_the_page_says(self) -> None:
        found = text(printing.pdf(SHEET, at=AT)).replace("\u00a0", " ").replace(" ", "")

        for section in SHEET.sections:
            wanted: Iterable[str] = (section.heading, *section.paragraphs, *(row.value for row in section.rows))
            for words in wanted:
                assert "".join(words.replace("\u00a0", " ").replace("\u202f", " ").split()) in found.replace(
                    "\u202f", ""
                )

    def test_is_the_same_bytes_for_the_same_sheet_and_instant(self) -> None:
        first = printing.pdf(SHEET, at=AT)

        assert printing.pdf(sections.sheet(samples.terms(), state()), at=AT) == first
        assert printing.pdf(SHEET, at=AT + timedelta(seconds=1)) != first
        assert printing.pdf(said("Autre"), at=AT) != first

    def test_is_the_same_bytes_from_twenty_threads(self) -> None:
        first, ready = printing.pdf(SHEET, at=AT), threading.Barrier(20)

        def make(_: int) -> bytes:
            ready.wait()
            return printing.pdf(SHEET, at=AT)

        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(make, range(20))) == {first}

    @pytest.mark.parametrize(
        "words",
        [
            '#panic(1) #import "@preview/x:1" #read("/etc/passwd") $x^2$ *gras* _it_ `code` <lien> @ref // /* = Titre',
            "\\ \\u{0} #{sys.inputs} \" ' ]] }} {% x %}",
        ],
    )
    def test_never_executes_what_people_write(self, words: str) -> None:
        content = printing.pdf(said(words), at=AT)

        assert words.replace(" ", "") in text(content).replace(" ", "")

    @pytest.mark.parametrize(
        "words",
        [
            "😀 👩‍👩‍👧 🇫🇷 1️⃣",
            "日本語 中文",
            "\x00\x07\x1b[31m",
            "e\u0301\u0334\u20e3",
            "\ufdfa\U0001f9ff\ue123\U000f1234",
        ],
    )
    def test_says_that_a_sign_is_missing_rather_than_leaving_a_hole(self, words: str) -> None:
        content = printing.pdf(said(f"Avant {words} après"), at=AT)

        assert "Avant" in text(content)
        assert tags(content)["/Title"] == 1

    def test_does_not_let_a_name_turn_what_follows(self) -> None:
        content = printing.pdf(said("Martin\u202eecnamoR"), at=AT)

        assert "\u202e" not in text(content)
        assert "Martin ecnamoR" in text(content)

    def test_writes_the_alphabets_of_europe_and_of_its_neighbours(self) -> None:
        found = text(printing.pdf(said("Łukasz Őze Ελένη Привет"), at=AT))

        assert "Łukasz Őze Ελένη Привет" in found

    def test_bears_long_texts(self) -> None:
        long = ("Pétrir la pâte, #façonner *les* pains. " * 200)[:6000]

        content = printing.pdf(said(long), at=AT)

        assert len(reader(content).pages) > 3
        assert printing.pdf(said("m" * 6000), at=AT)

    @settings(max_examples=12, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
    @example("\u1ab0\u0f39")
    def test_is_made_whatever_is_written(self, words: str) -> None:
        content = printing.pdf(said(words), at=AT)

        assert content.startswith(b"%PDF-1.7")
        assert printing.pdf(said(words), at=AT) == content
