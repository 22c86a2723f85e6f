"""Short codes: typed as people type, opening nothing without the birth date."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.prescribers import followed_people as some
from traitdunion.prescribers import short_codes
from traitdunion.prescribers.referrals import CODE_LENGTH, CODE_SIGNS

codes = st.text(CODE_SIGNS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


class TestRead:
    @given(code=codes, gaps=st.lists(st.sampled_from(["", " ", "-", " - ", "\u00a0"]), min_size=8, max_size=8))
    def test_reads_back_what_is_printed_however_it_is_typed(self, code: str, gaps: list[str]) -> None:
        assert short_codes.read(short_codes.written(code)) == code
        assert short_codes.read("".join(gap + sign for gap, sign in zip(gaps, code, strict=True)).lower()) == code

    @given(typed=st.text(string.printable, max_size=60))
    def test_reads_or_says_what_to_correct(self, typed: str) -> None:
        told = ""
        try:
            found = short_codes.read(typed)
        except short_codes.CodeRefused as refusal:
            found, told = "", str(refusal)

        assert len(found) == CODE_LENGTH or told.endswith(".")

    @pytest.mark.parametrize(("typed", "told"), [("K7PM", "4"), ("K7PM-4RTO", "O"), ("K7PM-4RT1", "1")])
    def test_says_what_is_wrong(self, typed: str, told: str) -> None:
        with pytest.raises(short_codes.CodeRefused, match=told):
            short_codes.read(typed)


class TestFind:
    def test_needs_the_birth_date(self, session: Session) -> None:
        nadia = some.prescriber(session)
        made = some.refer(session, nadia, some.on_paper(session, nadia))

        assert short_codes.find(session, made.code, birth_date=some.ADULT) is made
        with pytest.raises(short_codes.CodeRefused) as wrong_date:
            short_codes.find(session, made.code, birth_date=date(1990, 2, 2))
        with pytest.raises(short_codes.CodeRefused) as wrong_code:
            short_codes.find(session, "22222222", birth_date=some.ADULT)
        assert str(wrong_date.value) == str(wrong_code.value)
