"""The forms of moderation."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from traitdunion.core.forms import Form, cleaned

LONGEST_REASON = 300


class ReasonForm(Form):
    """Why somebody is shut out, or something taken away."""

    raison = StringField(
        "Pourquoi",
        filters=[cleaned],
        validators=[
            DataRequired("Dites pourquoi, en une phrase."),
            Length(max=LONGEST_REASON, message=f"{LONGEST_REASON}\u00a0signes au plus."),
        ],
        description="Une phrase. Elle reste dans le journal.",
    )
