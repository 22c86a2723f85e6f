"""What an address accepts."""

from wtforms import BooleanField

from traitdunion.core.forms import Form


class PreferencesForm(Form):
    """The messages that can be refused."""

    rappels = BooleanField(
        "Les rappels",
        description="Par exemple, la veille d’une immersion que vous avez réservée.",
    )
    suggestions = BooleanField(
        "Les suggestions",
        description="Par exemple, une immersion qui ouvre près de chez vous.",
    )
