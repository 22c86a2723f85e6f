"""The forms of bookings."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from traitdunion.accounts.forms import LONGEST_NAME, ChecksPerson
from traitdunion.accounts.models import Person
from traitdunion.core.forms import DateField, EmailOrPhoneField, Form, Trap, cleaned
from traitdunion.immersions.models import RefusalReason

LONGEST_WORD = 1_000


def _word(label: str, description: str = "") -> TextAreaField:
    too_long = f"C’est trop long\u00a0: {LONGEST_WORD} signes au plus."
    return TextAreaField(
        label, filters=[cleaned], validators=[Length(max=LONGEST_WORD, message=too_long)], description=description
    )


class WhoForm(ChecksPerson, Trap):
    """The four fields that make an account, and a word; a signed-in person is asked only what is not known yet."""

    nom = StringField(
        "Votre prénom et votre nom",
        filters=[cleaned],
        validators=[
            InputRequired("Écrivez votre prénom et votre nom."),
            Length(1, 2 * LONGEST_NAME, "Écrivez votre prénom et votre nom."),
        ],
    )
    adresse = EmailOrPhoneField(
        "Votre e-mail ou votre numéro de portable",
        validators=[InputRequired("Écrivez votre e-mail ou votre numéro de portable.")],
        description="Nous y envoyons un code pour confirmer.",
    )
    naissance = DateField(
        "Votre date de naissance",
        validators=[InputRequired("Écrivez votre date de naissance.")],
        description="Elle dit si vous êtes mineur\u00a0: toutes les entreprises ne peuvent pas accueillir.",
    )
    code_postal = StringField(
        "Votre code postal",
        filters=[cleaned],
        validators=[InputRequired("Écrivez votre code postal.")],
    )
    mot = _word("Un mot pour l’entreprise (facultatif)", "Par exemple, pourquoi ce métier vous intéresse.")

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is not None:
            del self.adresse
            known = {"nom": person.given_name, "naissance": person.birth_date, "code_postal": person.postcode}
            for name, value in known.items():
                if value:
                    del self[name]

    @property
    def asked(self) -> list[Any]:
        """The fields about the person that are left to fill in."""
        return [self[name] for name in ("nom", "adresse", "naissance", "code_postal") if name in self]

    @property
    def said(self) -> dict[str, Any]:
        """What was said of the person, as `people.fill_in` takes it; a name in one field is first a given name."""
        given, _, family = (self.nom.data or "").partition(" ") if "nom" in self else ("", "", "")
        return {
            "given_name": given[:LONGEST_NAME],
            "family_name": family.strip()[:LONGEST_NAME],
            "birth_date": self.naissance.data if "naissance" in self else None,
            "postcode": self.code_postal.data if "code_postal" in self else None,
        }


class AnswerForm(Form):
    """What a company answers to a request; the reason is asked of those who refuse."""

    raison = RadioField(
        "Pourquoi\u202f?",
        choices={reason.value: reason.label for reason in RefusalReason},
        validators=[Optional()],
        default=RefusalReason.NO_TIME.value,
    )
    mot = _word("Un mot pour cette personne (facultatif)")

    @property
    def reason(self) -> RefusalReason:
        """The reason that was chosen; another one where the value is none of ours."""
        known = set(RefusalReason)
        return RefusalReason(self.raison.data) if self.raison.data in known else RefusalReason.OTHER


class CancelForm(Form):
    """Why one does not come."""

    mot = _word("Un mot pour l’entreprise")


class MoveForm(Form):
    """Another slot of the same company."""

    creneau = SelectField("Nouvelle date", coerce=int)
    mot_date = _word("Un mot pour l’entreprise")

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.creneau.choices = list(choices)
