"""The page client: fetches a page and checks what every page of ours must be."""

import re
from collections.abc import Mapping
from contextvars import Context
from types import MappingProxyType
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db, tokens

# A straight apostrophe between letters, or a plain space before French double punctuation, in what a person reads.
TYPOGRAPHY = (
    (re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"), "an apostrophe that is not ’"),
    (re.compile(r"[A-Za-zÀ-ÿ0-9»)] [;!?:](?=\s|$)"), "a plain space before ; ! ? or :"),
    (re.compile(r"« (?=\S)|(?<=\S) »"), "a plain space inside « »"),
)


class Page(BeautifulSoup):
    """A parsed page; `status` is the answer's, `main` its main text."""

    status: int
    response: TestResponse

    @property
    def main(self) -> str:
        """The text of <main>, with single spaces."""
        found = self.find("main")
        return " ".join(found.get_text(" ").split()) if found else ""


class ApartClient(FlaskClient):
    """Sends each request as a server would: in an application context of its own, whatever the test is in.

    Else Flask takes the one that the `session` fixture opened, whose database session no request would close.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """The answer."""
        return Context().run(super().open, *args, **kwargs)


class PageClient:
    """`get` answers a checked page; `client` is Flask's own for the rest."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = ApartClient(app, TestResponse)

    def sign_in(self, person: Person, *, device: str = "Firefox sur Linux") -> None:
        """From now on the client is a browser where that person is signed in; the row must be flushed."""
        with self.app.app_context(), db.transaction() as opened:
            secret = sign_ins.start(opened, person, device=device, now=clock.now())
        self.client.set_cookie(sign_ins.COOKIE, secret)

    def sign_out(self) -> None:
        """The browser forgets who is signed in; the row stays."""
        self.client.delete_cookie(sign_ins.COOKIE)

    def post(
        self, path: str, fields: Mapping[str, Any] = MappingProxyType({}), *, form: str | None = None
    ) -> TestResponse:
        """Sends fields as the form on the page `form` (else on `path` itself) would, with its token, unhurried."""
        page = self.client.get(form or path)
        token = BeautifulSoup(page.text, "lxml").find("input", {"name": "csrf_token"})
        assert token is not None, f"{form or path}: no form\n{page.text[:2000]}"
        values = {"csrf_token": str(token["value"]), "shown": self.shown_long_ago(), **fields}
        return self.client.post(path, data=values)

    def send(self, method: str, path: str, fields: Mapping[str, Any] = MappingProxyType({})) -> TestResponse:
        """Sends fields with a token that is ours, whatever page they could come from."""
        with self.client.session_transaction() as kept:
            kept["csrf_token"] = "known"
        with self.app.test_request_context():
            session["csrf_token"] = "known"
            token = generate_csrf()
        values = {"csrf_token": token, "shown": self.shown_long_ago(), **fields}
        return self.client.open(path, method=method, data=values)

    def shown_long_ago(self) -> str:
        """The field `shown` of a form that its reader took an hour to fill in."""
        with self.app.app_context():
            return tokens.sign("shown", [int(clock.now().timestamp()) - 3_600])

    def get(
        self, path: str, status: int = 200, *, headers: dict[str, str] | None = None, is_form: bool = False
    ) -> Page:
        """The page at `path`; fails when its status, structure, headers, labels or typography are not right.

        Only the page of a form (`is_form`) may set a cookie, that of its token.
        """
        response = self.client.get(path, headers=headers)
        assert response.status_code == status, f"{path}: {response.status_code}\n{response.text[:2000]}"
        assert is_form or "Set-Cookie" not in response.headers, f"{path} sets a cookie before a form or a sign-in"
        page = Page(response.text, "lxml")
        page.status, page.response = response.status_code, response
        check(page, path)
        return page


def check(page: BeautifulSoup, path: str) -> None:
    """One h1, a title that starts with it, language, unique ids, labelled fields, no inline code, typography."""
    titles = [" ".join(h1.get_text(" ").split()) for h1 in page.find_all("h1")]
    assert len(titles) == 1, f"{path}: {len(titles)} h1"
    title = " ".join(page.title.get_text().split()) if page.title else ""
    assert title.startswith(titles[0]), f"{path}: the title « {title} » does not start with « {titles[0]} »"
    assert page.html is not None
    assert page.html.get("lang") == "fr", f"{path}: no language"
    ids = [str(tag["id"]) for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{path}: an id stands twice: {sorted(ids)}"
    _check_fields(page, path, ids)
    for tag in page.find_all(True):
        assert not tag.has_attr("style"), f"{path}: inline style on <{tag.name}>"
        assert not any(name.startswith("on") for name in tag.attrs), f"{path}: inline script on <{tag.name}>"
    for script in page.find_all("script"):
        assert script.get("src") or script.get("type") == "application/ld+json", f"{path}: inline script"
    for link in page.find_all(["link", "script", "img"]):
        address = str(link.get("href") or link.get("src") or "")
        external = re.match(r"(https?:)?//", address) and link.get("rel") != ["canonical"]
        assert not external, f"{path}: third-party {address}"
    _check_typography(page, path)


def _check_fields(page: BeautifulSoup, path: str, ids: list[str]) -> None:
    labelled = {str(label["for"]) for label in page.select("label[for]")}
    assert labelled <= set(ids), f"{path}: a label for nothing: {labelled - set(ids)}"
    for field in page.find_all(["input", "select", "textarea"]):
        if field.get("type") in {"hidden", "submit"}:
            continue
        named = str(field.get("id")) in labelled or field.get("aria-label") or field.find_parent("label")
        assert named, f"{path}: no label for {field.get('name')}"
        described = str(field.get("aria-describedby", "")).split()
        assert set(described) <= set(ids), f"{path}: {field.get('name')} is described by nothing: {described}"
    for form in page.find_all("form"):
        assert form.get("action") is not None, f"{path}: a form without action"


def _check_typography(page: BeautifulSoup, path: str) -> None:
    # What strangers wrote (marked data-foreign) is shown as they wrote it.
    copy = BeautifulSoup(str(page), "lxml")
    for tag in [*copy.find_all(["script", "style", "code"]), *copy.select("[data-foreign]")]:
        tag.decompose()
    text = " ".join(copy.get_text(" ").replace("\n", " ").split(" "))
    for pattern, trouble in TYPOGRAPHY:
        found = pattern.search(text)
        assert not found, f"{path}: {trouble}: …{text[max(0, found.start() - 30) : found.end() + 10]}…"
