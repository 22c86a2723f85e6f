"""Single values: what strangers write, read or left out, never an error."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.trainings.formats import values

anything = st.one_of(
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text()),
    st.from_regex(r"[0-9.,/ -]{,20}"),
)


class TestEveryReader:
    @pytest.mark.parametrize(
        "read",
        [
            *(values.line, values.paragraphs, values.day, values.flag, values.siret, values.link, values.email),
            *(values.identifier, values.postcode, values.commune_code),
            lambda value: values.whole(value, most=9_999),
            lambda value: values.amount(value, most=9_999),
            lambda value: values.point(value, value),
            lambda value: values.rome_codes([value]),
            lambda value: values.certifications(rncp=value, rs=value, certifinfo=value),
        ],
    )
    @given(value=anything)
    def test_never_fails_and_gives_what_postgresql_takes(self, read: Callable[[object], object], value: object) -> None:
        found = read(value)

        if isinstance(found, str):
            assert found
            assert "\x00" not in found
            found.encode()


class TestDay:
    @pytest.mark.parametrize("text", ["20261121", "2026-11-21", "21/11/2026", " 2026-11-21T08:00:00Z "])
    def test_reads_the_ways_catalogues_write_it(self, text: str) -> None:
        assert values.day(text) == date(2026, 11, 21)

    @pytest.mark.parametrize("text", ["00000000", "99999999", "20170900", "20170230", "00010101", "bientôt", "", "-"])
    def test_knows_no_impossible_day(self, text: str) -> None:
        assert values.day(text) is None

    @given(day=st.dates(date(1990, 1, 1), date(2099, 12, 31)))
    def test_reads_what_lheo_writes(self, day: date) -> None:
        assert values.day(f"{day:%Y%m%d}") == day


class TestSiret:
    @pytest.mark.parametrize("text", ["19750707200027", "197 507 072 00027", "35600000000048"])
    def test_takes_one_whose_key_is_right(self, text: str) -> None:
        assert values.siret(text) == text.replace(" ", "")

    @pytest.mark.parametrize("text", ["19750707200028", "022222222222222", "00000000000000", "197507072", None])
    def test_takes_no_other(self, text: str | None) -> None:
        assert values.siret(text) is None


class TestAmount:
    @pytest.mark.parametrize(
        ("text", "euros"), [("1 500,50 €", "1500.50"), ("1\u202f500", "1500"), ("0", "0"), (12.5, "12.5")]
    )
    def test_reads_french_numbers(self, text: object, euros: str) -> None:
        assert values.amount(text, most=10_000) == Decimal(euros)

    @pytest.mark.parametrize("text", ["-5", "20000", "gratuit", "", "1e99", float("nan"), float("inf")])
    def test_takes_nothing_else(self, text: object) -> None:
        assert values.amount(text, most=10_000) is None


class TestPoint:
    def test_reads_a_decimal_comma(self) -> None:
        assert values.point("49,11", "6.18") == (49.11, 6.18)

    @pytest.mark.parametrize("latitude", ["999", "nan", "", "0"])
    def test_knows_no_place_off_the_earth(self, latitude: str) -> None:
        assert values.point(latitude, "0") == (None, None)


class TestLink:
    def test_completes_an_address_without_scheme(self) -> None:
        assert values.link("www.exemple.fr") == "https://www.exemple.fr"

    @pytest.mark.parametrize("text", ["javascript:alert(1)", "//exemple.fr", "file:///etc/passwd", "voir le site"])
    def test_takes_only_http(self, text: str) -> None:
        assert values.link(text) is None


class TestLine:
    def test_puts_right_what_software_did(self) -> None:
        assert values.line(" M&eacute;tier\x00 d\x92avenir \n ") == "Métier d’avenir"

    def test_takes_a_dash_for_nothing(self) -> None:
        assert values.line("-") is None


class TestCertifications:
    def test_writes_each_register_its_way(self) -> None:
        found = values.certifications(rncp="RNCP37537", rs=5000, certifinfo="CERTIFINFO:80735")

        assert found == ("RNCP37537", "RS5000", "CERTIFINFO:80735")
