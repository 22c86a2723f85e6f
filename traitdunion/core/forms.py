"""Forms: French messages, hints and errors tied to their fields, the fields that several features ask for, and a trap.

A field gives what may be stored, or keeps what was typed with a French sentence that says what to correct.
"""

import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import phonenumbers
import wtforms
from email_validator import EmailNotValidError, validate_email
from markupsafe import Markup
from wtforms import DateField as WTFormsDateField
from wtforms import Field, HiddenField, StringField
from wtforms.meta import DefaultMeta
from wtforms.widgets import EmailInput, TelInput

from traitdunion.core import clock, tokens

if TYPE_CHECKING:
    from _typeshed import SupportsItems
    from wtforms.meta import _SupportsGettextAndNgettext

LONGEST_EMAIL = 254  # RFC 5321
_LONGEST_NAME = 64  # before the @, RFC 5321
_LONGEST_PHONE = 40  # signs, as typed
_NEIGHBOURS = ("352", "32", "49", "41", "33")
_OVERSEAS = ("GP", "MQ", "GF", "RE", "YT")
# ARCEP keeps these for films and demonstrations (decision 2018-0881): nobody has them.
_FICTION = re.compile(r"\+33(?:63998|19900|26191|35301|46571|53649)\d{4}")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u200b\ufeff]+")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")


class _Typographic:
    """The library's French sentences, with the apostrophe of ours."""

    def __init__(self, known: "_SupportsGettextAndNgettext") -> None:
        self._known = known

    def gettext(self, string: str, /) -> str:
        """The sentence."""
        return self._known.gettext(string).replace("'", "’")

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """The sentence for that number."""
        return self._known.ngettext(singular, plural, n).replace("'", "’")


class Form(wtforms.Form):
    """A form whose library messages are French, and whose fields are tied to their hints and errors."""

    class Meta(DefaultMeta):
        locales = ("fr_FR", "fr")

        def get_translations(self, form: Any) -> "_SupportsGettextAndNgettext":
            """French, in good typography."""
            return _Typographic(super().get_translations(form))

        def render_field(self, field: Field, render_kw: "SupportsItems[str, Any]") -> Markup:
            """Ties the hint and the errors of a field to it, for those who do not see the page."""
            attributes = dict(render_kw.items())
            described = [f"{field.id}-aide"] if field.description else []
            if field.errors:
                attributes["aria-invalid"] = "true"
                described.append(f"{field.id}-erreur")
            if described:
                attributes["aria-describedby"] = " ".join(described)
            return super().render_field(field, attributes)


def cleaned(typed: str | None) -> str:
    """Without control signs, which PostgreSQL or an operator's terminal would take amiss, lines kept."""
    lines = unicodedata.normalize("NFC", typed or "").splitlines()
    return "\n".join("".join(sign if sign.isprintable() else " " for sign in line) for line in lines).strip()


def read_email(typed: str) -> str:
    """The address as it is stored: lower case, its domain in ASCII. Raises ValueError with what to correct."""
    address = _SPACES.sub(" ", cleaned(typed)).strip().removeprefix("mailto:")
    name, at, domain = address.rpartition("@")
    for is_wrong, told in (
        (not at, "Il manque le signe @\u00a0: prenom@exemple.fr."),
        ("@" in name, "Une adresse e-mail n’a qu’un signe @."),
        (" " in address, "Une adresse e-mail n’a pas d’espace."),
        (not name.isascii(), "Une adresse e-mail n’a pas d’accent avant le signe @."),
        ("," in address, "Une adresse e-mail n’a pas de virgule\u00a0: est-ce un point\u202f?"),
        (len(address) > LONGEST_EMAIL or len(name) > _LONGEST_NAME, "Cette adresse e-mail est trop longue."),
        (domain and "." not in domain, "La fin de l’adresse manque, par exemple «\u00a0.fr\u00a0»."),
    ):
        if is_wrong:
            raise ValueError(told)
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("Cette adresse e-mail n’est pas valable. Exemple\u00a0: prenom@exemple.fr.") from None
    return (found.ascii_email or found.normalized).lower()


def read_phone(typed: str, *, is_mobile: bool = False) -> str:
    """The number as it is stored (E.164), typed in any usual way; France's when it names no country.

    `is_mobile` asks for a number that receives SMS. Raises ValueError with what to correct.
    """
    text = _SPACES.sub(" ", cleaned(typed)).strip()
    if len(text) > _LONGEST_PHONE or re.search(r"[^\d\s+().\-/]", text) or not any(sign.isdigit() for sign in text):
        raise ValueError("Ce n’est pas un numéro de téléphone. Exemple\u00a0: 06\u00a039\u00a098\u00a000\u00a000.")
    for region, number in _readings(text):
        try:
            found = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        written = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
        if not phonenumbers.is_valid_number(found) and not _FICTION.fullmatch(written):
            continue
        if is_mobile and not _receives_sms(found, written):
            raise ValueError("Un SMS n’arrive pas à ce numéro\u00a0: donnez un numéro de portable, ou un e-mail.")
        return written
    raise ValueError(
        "Ce numéro de téléphone n’existe pas. Vérifiez ses chiffres\u00a0; "
        "pour l’étranger, commencez par l’indicatif, par exemple +352."
    )


def read_day(typed: str) -> date:
    """A day typed as 3/2/2001, 03.02.2001 or 2001-02-03. Raises ValueError with what to correct."""
    text = cleaned(typed)
    french = _FRENCH_DAY.fullmatch(text)
    try:
        return date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(text)
    except ValueError:
        raise ValueError("Cette date n’existe pas. Écrivez jour/mois/année, par exemple 03/02/2001.") from None


class _ReadField(StringField):
    """A field that understands what was typed, or keeps it with a ValueError that says what to correct."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = cleaned(valuelist[0]) if valuelist else ""
        if self.data:
            self.data = self.read(self.data)
        else:
            self.raw_data = []  # spaces are nothing to whoever asks for something (InputRequired)

    def read(self, text: str) -> str:
        """What is stored of the text, which is not empty."""
        raise NotImplementedError


class EmailField(_ReadField):
    """An e-mail address, normalised; "" when nothing was typed."""

    widget = EmailInput()

    def read(self, text: str) -> str:
        """Lower case, domain in ASCII."""
        return read_email(text)


class PhoneField(_ReadField):
    """A telephone number in E.164; "" when nothing was typed. `is_mobile`: it must receive SMS."""

    widget = TelInput()

    def __init__(self, *args: Any, is_mobile: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_mobile = is_mobile

    def read(self, text: str) -> str:
        """E.164."""
        return read_phone(text, is_mobile=self.is_mobile)


class EmailOrPhoneField(_ReadField):
    """Where to write to somebody: an e-mail address or a mobile number; one of `email` and `phone` is filled."""

    email: str | None = None
    phone: str | None = None

    def read(self, text: str) -> str:
        """As the one or the other is stored."""
        digits = sum(sign.isdigit() for sign in text)
        if "@" not in text and digits > len(text) / 2:
            self.phone = found = read_phone(text, is_mobile=True)
        else:
            self.email = found = read_email(text)
        return found


class DateField(WTFormsDateField):
    """A day: what browsers send (ISO) or what people type without them (JJ/MM/AAAA)."""

    def _value(self) -> str:
        # Browsers show a day that is written as they send it, and nothing else.
        return self.data.isoformat() if self.data else " ".join(self.raw_data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = read_day(valuelist[0])


class ShownField(HiddenField):
    """When the form was first shown, signed; it stays when the form is shown again with errors."""

    def _value(self) -> str:
        return self.data or tokens.sign("shown", [int(clock.now().timestamp())])


class Trap(Form):
    """A form that robots betray themselves on: they fill in what people do not see, or answer at once.

    The view accepts what is trapped as if all were well, and does nothing.
    """

    quickest: ClassVar[timedelta] = timedelta(seconds=2)
    """Nobody reads and fills in the form faster; zero where one field is filled in by the browser itself."""

    website = StringField("Ne remplissez pas ce champ")
    shown = ShownField("Instant")

    @property
    def is_trapped(self) -> bool:
        """Whether a robot sent it."""
        if self.website.data:
            return True
        try:
            (shown,) = tokens.read("shown", self.shown.data or "", None)
        except tokens.TokenRefused:
            return True
        return clock.now().timestamp() - int(shown) < self.quickest.total_seconds()


def _readings(text: str) -> list[tuple[str, str]]:
    """Ways to understand what was typed, the likeliest first: (region, number)."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    readings = [("FR", text.replace("(0)", "")), *((region, text) for region in _OVERSEAS)]
    if not text.startswith(("+", "0")) and digits.startswith(_NEIGHBOURS):
        readings.append(("FR", f"+{digits}"))
    return readings


def _receives_sms(number: phonenumbers.PhoneNumber, written: str) -> bool:
    kinds = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.number_type(number) in kinds or written.startswith("+33639980")
