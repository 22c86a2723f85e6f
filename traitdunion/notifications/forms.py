"""What an address accepts."""

from wtforms import BooleanField, RadioField

from traitdunion.core.forms import Form
from traitdunion.notifications.models import Frequency


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


class RhythmForm(Form):
    """How often a professional is told what is not necessary."""

    rythme = RadioField(
        "Ce qui vous attend, et ce qui a changé",
        description="Les codes et ce qui est indispensable vous arrivent toujours tout de suite.",
        choices={one.value: one.label for one in Frequency},
        default=Frequency.DAY.value,
    )

    @property
    def frequency(self) -> Frequency:
        """What was chosen."""
        return Frequency(self.rythme.data)


class ProfessionalPreferencesForm(PreferencesForm, RhythmForm):
    """Both, for an address that is told what awaits its owner."""
