"""Letters of tests, and a relay that takes them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from tests import mailbox
from tests.mailbox import Mailbox
from tests.notifications import samples
from traitdunion.clients import smtp


@pytest.fixture(autouse=True)
def _samples(_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = _app.jinja_env.loader
    assert loader is not None
    monkeypatch.setattr(_app.jinja_env, "loader", ChoiceLoader([DictLoader(samples.TEMPLATES), loader]))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A relay's server."""
    with mailbox.serve(Mailbox()) as served:
        yield served


@pytest.fixture
def relay(_app: Flask, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[smtp.Relay]:
    """The application sends its e-mails there, without resting after an outage."""
    patience = smtp.Patience(answer=10, rest=0)
    with smtp.Relay(smtp.read(box.url()), patience=patience) as opened:
        monkeypatch.setitem(_app.extensions, "mail_relay", opened)
        monkeypatch.setitem(_app.config, "MAIL_FROM", "Trait d’union <ne-pas-repondre@exemple.fr>")
        monkeypatch.setitem(_app.config, "PUBLIC_URL", "https://essai.exemple.fr/")
        yield opened
