"""What whoever holds a document types to verify it."""

from wtforms import FileField, StringField
from wtforms.validators import Length

from traitdunion.core.forms import Form, cleaned

MOST_BYTES = 2 * 1024 * 1024


class CodeForm(Form):
    """The code that is printed on the document, and the family name that it bears."""

    code = StringField(
        "Code imprimé sur le document",
        filters=[cleaned],
        validators=[Length(1, 40, "Écrivez le code imprimé à la fin du document.")],
        description="Dix lettres et chiffres, par exemple AB3DE-FG7HJ.",
    )
    nom = StringField(
        "Nom de famille de la personne en immersion",
        filters=[cleaned],
        validators=[Length(1, 160, "Écrivez le nom de famille, tel qu’il est sur le document.")],
    )


class FileForm(Form):
    """The document itself."""

    fichier = FileField("Fichier PDF", description="Le fichier tel que vous l’avez reçu, de 2\u00a0Mo au plus.")
