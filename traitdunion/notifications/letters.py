"""What a message says: its template in `templates/messages/`, made into subject, HTML, text, or the words of an SMS."""

import html
from dataclasses import dataclass
from typing import Any

from flask import current_app
from jinja2 import Template, TemplateNotFound

from traitdunion.notifications import links, plain
from traitdunion.territories import territories

_RESERVED = {"territory", "recipient_name", "address", "link", "preferences_url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Ready to leave; `html` is None for an SMS, whose subject nobody reads."""

    subject: str
    text: str
    html: str | None


def email(kind: str, values: dict[str, Any], *, name: str, preferences_url: str | None) -> Letter:
    """The e-mail of `templates/messages/<kind>.html`, which extends `messages/_letter.html`."""
    template = current_app.jinja_env.get_template(f"messages/{kind}.html")
    given = _given(values, name=name, preferences_url=preferences_url)
    page = template.render(given)
    return Letter(subject=_block(template, "subject", given), text=plain.from_html(page), html=page)


def sms(kind: str, values: dict[str, Any], *, name: str) -> Letter:
    """The SMS of `templates/messages/<kind>.sms.txt`; where there is none, the e-mail's subject and its address."""
    given = _given(values, name=name, preferences_url=None)
    try:
        text = " ".join(current_app.jinja_env.get_template(f"messages/{kind}.sms.txt").render(given).split())
        return Letter(subject="", text=text, html=None)
    except TemplateNotFound:
        template = current_app.jinja_env.get_template(f"messages/{kind}.html")
    subject, address = _block(template, "subject", given), _block(template, "action_url", given)
    return Letter(subject="", text=f"{subject}\u00a0: {address}" if address else subject, html=None)


def _given(values: dict[str, Any], *, name: str, preferences_url: str | None) -> dict[str, Any]:
    if taken := _RESERVED & values.keys():
        raise ValueError(f"names that every letter is given already: {', '.join(sorted(taken))}")
    return {
        "territory": territories.current(),
        "recipient_name": name,
        "address": links.absolute,
        "link": links.link,
        "preferences_url": preferences_url,
        **values,
    }


def _block(template: Template, name: str, given: dict[str, Any]) -> str:
    """The words of a block of the letter, on one line; empty when it has none."""
    block = template.blocks.get(name)
    words = "".join(block(template.new_context(given))) if block else ""
    return " ".join(html.unescape(words).split())
