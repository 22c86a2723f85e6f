"""The form of a slot; the columns of a file of slots bear the names of its fields."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any, ClassVar

from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, StopValidation
from wtforms.widgets import NumberInput, TimeInput

from traitdunion.core.forms import DateField, Form, cleaned
from traitdunion.immersions import details
from traitdunion.immersions.details import SlotDetails, Timetable
from traitdunion.immersions.models import MOST_PLACES, SlotKind

LONGEST_TITLE, LONGEST_LINE, LONGEST_TEXT, LONGEST_TASKS = 120, 200, 600, 4_000
KINDS = {
    "visite": SlotKind.VISIT,
    "demi-journee": SlotKind.HALF_DAY,
    "jours": SlotKind.DAYS,
    "semaines": SlotKind.WEEKS,
}
NAMES = {kind: name for name, kind in KINDS.items()}
_HOUR = re.compile(r"(\d{1,2})\s*(?:[h:.]\s*(\d{1,2})?\s*(?:min|mn|m)?)?(?::\d{2})?", re.IGNORECASE)


class HourField(Field):
    """An hour of the day: « 8h30 », « 8:30 », « 08h », « 8 »."""

    widget = TimeInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = cleaned(valuelist[0]) if valuelist else ""
        if not typed:
            return
        found = _HOUR.fullmatch(typed)
        if found is None:
            raise ValueError("Écrivez une heure, par exemple 8h30.")
        try:
            self.data = time(int(found[1]), int(found[2] or 0))
        except ValueError:
            raise ValueError("Cette heure n’existe pas\u00a0: elles vont de 0h00 à 23h59.") from None


class PlacesField(Field):
    """How many people at once."""

    widget = NumberInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = cleaned(valuelist[0]) if valuelist else ""
        if not typed:
            return
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", typed):
            raise ValueError("Écrivez un nombre de places, en chiffres.")
        if not 1 <= int(typed) <= MOST_PLACES:
            raise ValueError(f"Entre 1 et {MOST_PLACES}\u00a0places.")
        self.data = int(typed)


def _capitalised(typed: str | None) -> str:
    """« Boulanger »: the first letter is a capital, the others as they were typed."""
    text = typed or ""
    return text[:1].upper() + text[1:]


class Asked:
    """Something must be written; what could not be read keeps its own message."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Raises StopValidation when there is nothing."""
        if field.process_errors:
            raise StopValidation
        if field.data is None or field.data == "":
            raise StopValidation(self.message)


def _asked(message: str, most: int) -> list[Any]:
    return [Asked(message), *_optional(most)]


def _optional(most: int) -> list[Any]:
    return [Length(max=most, message=f"C’est trop long\u00a0: {most}\u00a0signes au plus.")]


class SlotForm(Form):
    """All that a company says of a slot. `today` bounds its days; `occupations` are the codes and labels to choose.

    `book_by` is the last day to book of a slot that is changed.
    """

    titre = StringField(
        "Métier à découvrir",
        filters=[cleaned, _capitalised],
        validators=_asked("Écrivez le métier, par exemple «\u00a0boulanger\u00a0».", LONGEST_TITLE),
    )
    metier = RadioField("Dans la liste des métiers, c’est", validate_choice=False)
    type = RadioField("Durée", choices={name: kind.label for name, kind in KINDS.items()}, validate_choice=False)
    du = DateField("Premier jour", validators=[Asked("Indiquez le premier jour.")])
    au = DateField("Dernier jour", description="Laissez vide pour un seul jour.")
    de = HourField("Heure de début", validators=[Asked("Indiquez l’heure de début.")])
    a = HourField("Heure de fin", validators=[Asked("Indiquez l’heure de fin.")])
    places = PlacesField(
        "Nombre de places",
        description="Combien de personnes à la fois.",
        validators=[Asked("Indiquez le nombre de places.")],
    )
    adresse = StringField("Numéro et rue", filters=[cleaned], validators=_optional(LONGEST_LINE))
    code_postal = StringField("Code postal", filters=[cleaned], validators=[Asked("Indiquez le code postal.")])
    ville = StringField("Ville", filters=[cleaned], validators=_asked("Indiquez la ville.", LONGEST_LINE))
    tuteur = StringField(
        "Qui accueille\u202f?",
        description="Prénom et nom de la personne qui montrera le métier.",
        filters=[cleaned],
        validators=_asked("Indiquez qui accueille.", LONGEST_LINE),
    )
    fonction = StringField("Sa fonction (facultatif)", filters=[cleaned], validators=_optional(LONGEST_LINE))
    taches = TextAreaField(
        "Ce que la personne verra et fera",
        description="Une ligne par activité, par exemple «\u00a0façonner les baguettes avec le boulanger\u00a0».",
        filters=[cleaned],
        validators=_asked("Dites ce que la personne verra et fera.", LONGEST_TASKS),
    )
    equipement = StringField(
        "Tenue et protections (facultatif)",
        description="Par exemple «\u00a0chaussures de sécurité, prêtées sur place\u00a0».",
        filters=[cleaned],
        validators=_optional(LONGEST_TEXT),
    )
    charges = BooleanField("Il faut porter des charges")
    debout = BooleanField("On reste longtemps debout")
    mineurs = BooleanField("Ouvert dès 16\u00a0ans", default=True)
    accessibilite = TextAreaField(
        "Accessibilité (facultatif)",
        description="Par exemple «\u00a0plain-pied, toilettes adaptées, bruit important\u00a0».",
        filters=[cleaned],
        validators=_optional(LONGEST_TEXT),
    )
    transports = StringField(
        "Venir sans voiture (facultatif)",
        description="Ligne de bus, gare, temps à pied.",
        filters=[cleaned],
        validators=_optional(LONGEST_TEXT),
    )
    limite = DateField("Dernier jour pour réserver", description="Laissez vide pour deux jours avant.")
    d_emblee = BooleanField(
        "Confirmer les réservations sans me demander",
        description="Sinon, vous répondez à chaque demande sous 3\u00a0jours ouvrés, par un bouton dans l’e-mail.",
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        occupations: Sequence[tuple[str, str]] = (),
        book_by: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.book_by = today, book_by
        self.codes: set[str] = set()
        self.propose(occupations)

    def propose(self, occupations: Sequence[tuple[str, str]]) -> None:
        """Gives codes and labels to choose among."""
        self.metier.choices = dict(occupations)
        self.codes = {code for code, _label in occupations}

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then the days and hours together."""
        is_valid = bool(super().validate(extra_validators))
        when = self._when()
        found = details.mistakes(when, today=self.today, book_by=self.book_by) if when else {}
        for name, message in found.items():
            self.add_error(name, message)
        return is_valid and not found

    def validate_metier(self, field: RadioField) -> None:
        """One of those proposed."""
        if field.data not in self.codes:
            raise ValidationError("Choisissez le métier le plus proche dans la liste.")

    def validate_type(self, field: RadioField) -> None:
        """One of the four kinds."""
        if field.data not in KINDS:
            raise ValidationError("Choisissez une durée.")

    def validate_code_postal(self, field: StringField) -> None:
        """Five digits."""
        field.data = "".join((field.data or "").split())
        if not re.fullmatch(r"[0-9]{5}", field.data):
            raise ValidationError("Un code postal a 5\u00a0chiffres.")

    def add_error(self, name: str, message: str) -> None:
        """Ties what was found later to its field."""
        field = self[name]
        field.errors = [*field.errors, message]

    def details(self) -> SlotDetails:
        """What the valid form says."""
        when = self._when()
        assert when is not None  # noqa: S101 — narrows the type: the form is valid
        return SlotDetails(
            title=self.titre.data or "",
            occupation_code=self.metier.data,
            when=when,
            places=self.places.data,
            address=self.adresse.data or None,
            postcode=self.code_postal.data or "",
            city=self.ville.data or "",
            tutor_name=self.tuteur.data or "",
            tutor_role=self.fonction.data or None,
            tasks=self.taches.data or "",
            equipment=self.equipement.data or None,
            carries_loads=self.charges.data,
            stands_long=self.debout.data,
            accessibility=self.accessibilite.data or None,
            transport=self.transports.data or None,
            accepts_at_once=self.d_emblee.data,
        )

    def _when(self) -> Timetable | None:
        """The days and hours, once each can be read."""
        first_day, starts_at, ends_at = self.du.data, self.de.data, self.a.data
        is_read = not any(self[name].errors for name in ("type", "du", "au", "de", "a", "limite"))
        if not is_read or first_day is None or starts_at is None or ends_at is None:
            return None
        return Timetable(
            kind=KINDS[self.type.data],
            first_day=first_day,
            last_day=self.au.data or first_day,
            starts_at=starts_at,
            ends_at=ends_at,
            book_by=self.limite.data or details.usual_book_by(first_day, today=self.today),
            minors_welcome=self.mineurs.data,
        )
