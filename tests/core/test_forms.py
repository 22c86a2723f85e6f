"""What people type in a form: understood in every usual way, or refused with what to correct."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.validators import InputRequired

from traitdunion.core import clock, forms, tokens
from traitdunion.core.forms import DateField, EmailField, EmailOrPhoneField, Form, PhoneField, Trap

NAME = st.from_regex(r"[a-z0-9](?:[a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda name: ".." not in name)
DOMAIN = st.from_regex(r"[a-z0-9]{1,20}(?:-[a-z0-9]{1,10})?\.(?:fr|com|net|paris|eu)", fullmatch=True)
SEPARATOR = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", " - ", "/"])


class Every(Form):
    """One field of each kind."""

    email = EmailField("E-mail", validators=[InputRequired("Écrivez votre e-mail.")])
    phone = PhoneField("Téléphone")
    mobile = PhoneField("Portable", is_mobile=True)
    either = EmailOrPhoneField("L’un ou l’autre", description="Comme vous voulez.")
    day = DateField("Jour")
    choice = SelectField("Choix", choices={"a": "A", "b": "B"}, default="a")


def typed(**fields: str) -> Every:
    """The form as somebody sent it."""
    form = Every(MultiDict({"email": "a@exemple.fr", "choice": "a", **fields}))
    form.validate()
    return form


class TestEmail:
    @given(name=NAME, domain=DOMAIN)
    def test_is_kept_in_lower_case(self, name: str, domain: str) -> None:
        assert forms.read_email(f"  {name.upper()}@{domain.upper()}\n") == f"{name}@{domain}"

    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("élodie@exemple.fr", "pas d’accent"),
            ("zoé.lévêque@exemple.fr", "pas d’accent"),
            ("a@@exemple.fr", "qu’un signe @"),
            ("a@b@exemple.fr", "qu’un signe @"),
            ("a.exemple.fr", "manque le signe @"),
            ("a @exemple.fr", "pas d’espace"),
            ("a@exem ple.fr", "pas d’espace"),
            ("a@exemple,fr", "virgule"),
            ("a@exemple", "fin de l’adresse"),
            ("a@", "n’est pas valable"),
            ("@exemple.fr", "n’est pas valable"),
            ("a@exemple..fr", "n’est pas valable"),
            (".a@exemple.fr", "n’est pas valable"),
            ("<a@exemple.fr>", "n’est pas valable"),
            ("a@[127.0.0.1]", "n’est pas valable"),
            ("a" * 65 + "@exemple.fr", "trop longue"),
            ("a@" + "b" * 260 + ".fr", "trop longue"),
        ],
    )
    def test_says_what_to_correct(self, address: str, told: str) -> None:
        form = typed(email=address)

        assert told in " ".join(form.email.errors)
        assert form.email.data == forms.cleaned(address)  # kept, to be corrected

    @pytest.mark.parametrize("blank", ["", " ", "\u00a0\n", "\x00"])
    def test_of_spaces_is_none(self, blank: str) -> None:
        assert typed(email=blank).email.errors == ["Écrivez votre e-mail."]

    def test_of_a_domain_with_accents_is_kept_as_mail_needs_it(self) -> None:
        assert forms.read_email("mairie@Évreux.fr") == "mairie@xn--vreux-9ra.fr"

    def test_copied_from_a_link_is_understood(self) -> None:
        assert forms.read_email("mailto:a@exemple.fr\u00a0") == "a@exemple.fr"

    @given(st.text(max_size=300))
    def test_is_read_or_refused_whatever_is_typed(self, address: str) -> None:
        form = typed(email=address)

        if not form.email.errors:
            found = form.email.data or ""
            assert found.isascii()
            assert found == found.lower()
            assert found.count("@") == 1
            assert forms.read_email(found) == found


class TestPhone:
    @given(
        st.from_regex(r"[67][0-9]{8}", fullmatch=True).filter(lambda digits: digits[:2] in {"61", "62", "66", "76"}),
        SEPARATOR,
        st.sampled_from(["0", "+33 ", "+33 (0)", "+33(0) ", "0033 ", "00 33 (0)", "33 "]),
    )
    def test_of_france_is_understood_in_every_form(self, digits: str, separator: str, start: str) -> None:
        pairs = [digits[0], digits[1:3], digits[3:5], digits[5:7], digits[7:]]

        assert forms.read_phone(start + separator.join(pairs), is_mobile=True) == f"+33{digits}"

    @pytest.mark.parametrize(
        ("number", "kept"),
        [
            ("03 87 00 00 00", "+33387000000"),
            ("03.87.00.00.00", "+33387000000"),
            ("(03) 87-00-00-00", "+33387000000"),
            ("0 387 000 000", "+33387000000"),
            ("09 72 72 39 49", "+33972723949"),
            ("+352 621 123 456", "+352621123456"),
            ("00352 621 123 456", "+352621123456"),
            ("352 621 123 456", "+352621123456"),
            ("+352 27 00 00 00", "+35227000000"),
            ("+49 1512 3456789", "+4915123456789"),
            ("+32 470 12 34 56", "+32470123456"),
            ("+41 79 123 45 67", "+41791234567"),
            ("0692 12 34 56", "+262692123456"),
            ("0690 12 34 56", "+590690123456"),
            ("0694 12 34 56", "+594694123456"),
            ("06 39 98 00 12", "+33639980012"),
        ],
    )
    def test_is_kept_as_it_is_dialled_from_anywhere(self, number: str, kept: str) -> None:
        assert forms.read_phone(number) == kept
        assert forms.read_phone(kept) == kept

    @pytest.mark.parametrize(
        ("number", "told"),
        [
            ("06 12 34 56", "n’existe pas"),
            ("06 12 34 56 78 9", "n’existe pas"),
            ("+999 12 34 56 78", "n’existe pas"),
            ("3949", "n’existe pas"),
            ("abc", "pas un numéro"),
            ("06 12 34 56 7O", "pas un numéro"),
            ("+" * 41, "pas un numéro"),
            ("--", "pas un numéro"),
        ],
    )
    def test_says_what_to_correct(self, number: str, told: str) -> None:
        form = typed(phone=number)

        assert told in " ".join(form.phone.errors)
        assert form.phone.data == number

    def test_that_gets_no_text_message_is_refused_where_one_is_needed(self) -> None:
        assert "SMS n’arrive pas" in " ".join(typed(mobile="03 87 00 00 00").mobile.errors)
        assert typed(phone="03 87 00 00 00").phone.data == "+33387000000"

    @given(st.text(alphabet=st.sampled_from("0123456789 .+-()/abé\u00a0"), max_size=40))
    def test_is_read_or_refused_whatever_is_typed(self, number: str) -> None:
        form = typed(phone=number)

        if not form.phone.errors and form.phone.data:
            found = form.phone.data
            assert found[0] == "+"
            assert found[1:].isdecimal()
            assert 7 <= len(found) <= 16
            assert forms.read_phone(found) == found


class TestEmailOrPhone:
    @pytest.mark.parametrize(
        ("text", "email", "phone"),
        [
            ("A@Exemple.fr", "a@exemple.fr", None),
            ("0612345678@exemple.fr", "0612345678@exemple.fr", None),
            ("06 12 34 56 78", None, "+33612345678"),
            ("", None, None),
        ],
    )
    def test_is_one_of_them(self, text: str, email: str | None, phone: str | None) -> None:
        form = typed(either=text)

        assert (form.either.email, form.either.phone, form.errors) == (email, phone, {})

    def test_does_not_leak_from_one_form_to_the_next(self) -> None:
        typed(either="a@exemple.fr")

        assert typed(either="").either.email is None

    @pytest.mark.parametrize(("text", "told"), [("camille", "signe @"), ("06 12", "n’existe pas")])
    def test_says_what_to_correct(self, text: str, told: str) -> None:
        assert told in " ".join(typed(either=text).either.errors)


class TestDay:
    @given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    def test_is_understood_as_people_and_browsers_write_it(self, day: date) -> None:
        for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f" {day:%d.%m.%Y} "):
            form = typed(day=text)
            assert (form.day.data, form.errors) == (day, {}), text
        assert f'value="{day.isoformat()}"' in form.day()

    @pytest.mark.parametrize("text", ["31/02/2001", "32/01/2001", "2001/02/03", "hier", "03/02/01", "0/0/0000"])
    def test_says_what_to_correct(self, text: str) -> None:
        form = typed(day=text)

        assert "n’existe pas" in " ".join(form.day.errors)
        assert text in form.day()

    @given(st.text(max_size=20))
    def test_is_read_or_refused_whatever_is_typed(self, text: str) -> None:
        form = typed(day=text)

        assert form.day.data is None or isinstance(form.day.data, date)


class TestForm:
    def test_ties_hints_and_errors_to_their_fields(self) -> None:
        field = typed(either="camille").either()

        assert 'aria-describedby="either-aide either-erreur"' in field
        assert 'aria-invalid="true"' in field

    def test_speaks_french_in_good_typography(self) -> None:
        form = typed(choice="c")

        assert form.choice.errors
        assert "’" in form.choice.errors[0]
        assert "'" not in form.choice.errors[0]

    @given(st.text())
    def test_is_cleaned_of_what_a_terminal_would_obey(self, text: str) -> None:
        assert all(sign.isprintable() or sign == "\n" for sign in forms.cleaned(text))
        assert forms.cleaned(forms.cleaned(text)) == forms.cleaned(text)


class TestTrap:
    @pytest.mark.parametrize(
        ("seconds", "website", "is_trapped"),
        [(60, "", False), (60, "https://spam.exemple", True), (0, "", True), (-60, "", True), (None, "", True)],
    )
    def test_catches_those_who_fill_in_everything_or_answer_at_once(
        self, app: Flask, seconds: int | None, website: str, is_trapped: bool
    ) -> None:
        with app.app_context():
            shown = "" if seconds is None else tokens.sign("shown", [int(clock.now().timestamp()) - seconds])

            form = Trap(MultiDict({"shown": shown, "website": website}))

            assert form.validate()
            assert form.is_trapped is is_trapped

    def test_is_not_escaped_by_inventing_the_instant(self, app: Flask) -> None:
        with app.app_context():
            assert Trap(MultiDict({"shown": "1", "website": ""})).is_trapped
            assert Trap(MultiDict({"shown": tokens.sign("other", [0])})).is_trapped

    def test_keeps_the_instant_of_the_first_showing(self, app: Flask) -> None:
        with app.app_context():
            first = tokens.sign("shown", [0])

            assert first in Trap(MultiDict({"shown": first})).shown()
            assert 'value="ey' in Trap().shown() or 'value="W' in Trap().shown()
