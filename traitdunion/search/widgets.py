"""What writes the fields of a search: WTForms' own widgets take a tenth of the time of a page of results."""

from typing import Any

from markupsafe import Markup, escape
from wtforms import Field, SelectField


def text(field: Field, **attributes: Any) -> Markup:
    """A line of text."""
    return _input("text", field, **attributes)


def words(field: Field, **attributes: Any) -> Markup:
    """A line of words to look for, that the browser lets one empty at once."""
    return _input("search", field, **attributes)


def hidden(field: Field, **attributes: Any) -> Markup:
    """What the search keeps without showing it."""
    return _input("hidden", field, **attributes)


def box(field: Field, **attributes: Any) -> Markup:
    """A box to tick."""
    return _input("checkbox", field, checked=bool(field.data), **attributes)


def options(field: SelectField, **attributes: Any) -> Markup:
    """A list of choices, which are a dictionary."""
    assert isinstance(field.choices, dict)  # noqa: S101 — narrows the type: all of ours are
    chosen = str(field.data)
    written = "".join(
        f'<option{" selected" if value == chosen else ""} value="{escape(value)}">{escape(label)}</option>'
        for value, label in field.choices.items()
    )
    return Markup(f"<select{_written(id=field.id, name=field.name, **attributes)}>{written}</select>")  # noqa: S704


def _input(kind: str, field: Field, **attributes: Any) -> Markup:
    value: str = field._value()  # type: ignore[attr-defined]
    given = _written(id=field.id, name=field.name, type=kind, value=value, **attributes)
    return Markup(f"<input{given}>")  # noqa: S704


def _written(**attributes: Any) -> str:
    """As HTML writes them: False is left out, True needs no value, `data_` and `aria_` have hyphens."""
    return "".join(
        f" {name.replace('_', '-')}" if value is True else f' {name.replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not False
    )
