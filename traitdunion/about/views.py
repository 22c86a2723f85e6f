"""The pages that say what the service is, the contact form, and what machines ask for."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from traitdunion.about import messages, sitemap
from traitdunion.about.forms import ContactForm
from traitdunion.about.models import Subject
from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit
from traitdunion.privacy import register
from traitdunion.search import figures, templating
from traitdunion.search.slots import finding
from traitdunion.territories import territories

blueprint = Blueprint("about", __name__)

CONTACT = Limit("contact", most=10, per=timedelta(hours=1))
"""A reception desk, or a classroom, may share a network."""

_DECLARED_ON = date(2026, 11, 21)
"""When the accessibility was last declared; change it with the declaration's text."""
_HOUR = 3_600  # seconds
_LAST_PART = 2**63 // sitemap.MOST - 1
_SECURITY_DAYS = 180  # RFC 9116 asks for less than a year
_PAGES = (
    "search.home",
    "search.offers_page",
    "search.trainings_page",
    "slots.slots_page",
    *(f"about.{name}" for name in ("questions", "accessibility", "statistics", "budget", "contact", "terms")),
    "about.legal_notice",
    "about.privacy_policy",
)


@blueprint.get("/accessibilite")
@access.public
def accessibility() -> ResponseReturnValue:
    """The declaration that the law asks for (article 47 of law 2005-102), with the state that was measured."""
    return render_template("about/accessibility.html", declared_on=_DECLARED_ON)


@blueprint.get("/mentions-legales")
@access.public
def legal_notice() -> ResponseReturnValue:
    """Publisher, director of publication, hosting (law 2004-575, article 1-1)."""
    return render_template("about/legal_notice.html")


@blueprint.get("/politique-de-confidentialite")
@access.public
def privacy_policy() -> ResponseReturnValue:
    """What is held of whom, made from the register that the tables declare."""
    return render_template("about/privacy_policy.html", lines=register.lines(db.Base.metadata))


@blueprint.get("/cgu")
@access.public
def terms() -> ResponseReturnValue:
    """Terms of use."""
    return render_template("about/terms.html")


@blueprint.get("/aide")
@access.public
def questions() -> ResponseReturnValue:
    """Questions and answers, in plain French."""
    return render_template("about/questions.html")


@blueprint.get("/stats")
@access.public
def statistics() -> ResponseReturnValue:
    """The numbers of today, and those that will be published."""
    today = clock.today()
    found = figures.of_today(db.session(), region_code=territories.current().region_code, today=today)
    return render_template("about/statistics.html", figures=found, today=today)


@blueprint.get("/budget")
@access.public
def budget() -> ResponseReturnValue:
    """What will be published of the cost, and when."""
    return render_template("about/budget.html")


@blueprint.get("/contact")
@access.public
def contact() -> ResponseReturnValue:
    """The form; its token is why this page, and no other, sets a cookie."""
    subject = request.args.get("sujet")
    form = ContactForm(data={"sujet": subject} if subject in set(Subject) else None)
    return render_template("about/contact.html", form=form)


@blueprint.post("/contact")
@access.public
def send_message() -> ResponseReturnValue:
    """Keeps the message; 422 with what to correct, 429 when a network sends too many."""
    form = ContactForm(request.form)
    if not form.validate():
        return render_template("about/contact.html", form=form), 422
    limits.count(CONTACT, request.remote_addr)
    if not form.is_trapped:
        messages.send(
            db.session(),
            territory=territories.current().key,
            subject=Subject(form.sujet.data),
            body=form.message.data or "",
            reply_to=form.reponse.data,
            now=clock.now(),
        )
    return redirect(url_for("about.message_sent"), 303)


@blueprint.get("/contact/merci")
@access.public
def message_sent() -> ResponseReturnValue:
    """Says that the message arrived."""
    return render_template("about/message_sent.html")


@blueprint.get("/.well-known/security.txt")
@access.public
def security() -> ResponseReturnValue:
    """Whom to tell of a weakness (RFC 9116)."""
    expires = (clock.now() + timedelta(days=_SECURITY_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    email = territories.current().contact.email
    lines = [
        f"Contact: {url_for('about.contact', sujet=Subject.SECURITY.value, _external=True)}",
        *([f"Contact: mailto:{email}"] if email else []),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {url_for('about.security', _external=True)}",
    ]
    return _kept(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@blueprint.get("/robots.txt")
@access.public
def robots() -> ResponseReturnValue:
    """Machines may read every page, not its endless variants by query; nothing at all of what is invented."""
    if templating.is_fictitious():
        lines = ["User-agent: *", "Disallow: /"]
    else:
        # The longest rule wins (RFC 9309): stylesheets bear their version in a query.
        allowed = [f"Allow: /{folder}/" for folder in ("static", "bootstrap", "theme")]
        lines = [
            "User-agent: *",
            "Disallow: /*?",
            *allowed,
            f"Sitemap: {url_for('about.whole_sitemap', _external=True)}",
        ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@access.public
def whole_sitemap() -> ResponseReturnValue:
    """All addresses, or the index of their parts when there are more than a sitemap may hold."""
    session, region_code = db.session(), territories.current().region_code
    is_fictitious = templating.is_fictitious()
    found = sitemap.parts(session, region_code=region_code, is_fictitious=is_fictitious)
    pages = _pages()
    if found.count + len(pages) > sitemap.MOST:
        return _xml(sitemap.index(list(_part_addresses(found))))
    trainings = [] if is_fictitious else sitemap.trainings(session, region_code=region_code)
    return _xml(sitemap.urls(chain(pages, _offers(sitemap.offers(session)), _trainings(trainings))))


@blueprint.get("/sitemap/pages.xml")
@access.public
def pages_sitemap() -> ResponseReturnValue:
    """The pages that are always there, and those of the occupations."""
    return _xml(sitemap.urls(_pages()))


@blueprint.get("/sitemap/offres-<int:part>.xml")
@access.public
def offers_sitemap(part: int) -> ResponseReturnValue:
    """A part of the offers."""
    rows = sitemap.offers(db.session(), _storable(part)) or abort(404)
    return _xml(sitemap.urls(_offers(rows)))


@blueprint.get("/sitemap/formations-<int:part>.xml")
@access.public
def trainings_sitemap(part: int) -> ResponseReturnValue:
    """A part of the trainings."""
    region_code = territories.current().region_code
    rows = sitemap.trainings(db.session(), region_code=region_code, part=_storable(part)) or abort(404)
    return _xml(sitemap.urls(_trainings([] if templating.is_fictitious() else rows)))


def _storable(part: int) -> int:
    return part if part <= _LAST_PART else abort(404)


def _pages() -> list[tuple[str, datetime | None]]:
    addresses = [url_for(name, _external=True) for name in _PAGES]
    if not templating.is_fictitious():
        codes = sitemap.occupations(db.session(), region_code=territories.current().region_code)
        addresses += [url_for("search.occupation_page", code=code, _external=True) for code in codes]
    return [*((address, None) for address in addresses), *_slots()]


def _slots() -> Iterator[tuple[str, datetime]]:
    start = url_for("slots.slot_page", slot_id=0, _external=True).removesuffix("0")
    rows = [] if templating.is_fictitious() else finding.alive(db.session())
    return ((f"{start}{slot_id}", changed) for slot_id, changed in rows)


def _offers(rows: sitemap.Rows) -> Iterator[tuple[str, datetime]]:
    # Building fifty thousand addresses one by one takes a second.
    start = url_for("search.offer_page", offer_id=0, _external=True).removesuffix("0")
    return ((f"{start}{offer_id}", changed) for offer_id, changed in rows)


def _trainings(rows: sitemap.Rows) -> Iterator[tuple[str, datetime]]:
    start = url_for("search.training_page", training_id=0, _external=True).removesuffix("0")
    return ((f"{start}{training_id}", changed) for training_id, changed in rows)


def _part_addresses(found: sitemap.Parts) -> Iterator[str]:
    yield url_for("about.pages_sitemap", _external=True)
    for part in found.offers:
        yield url_for("about.offers_sitemap", part=part, _external=True)
    for part in found.trainings:
        yield url_for("about.trainings_sitemap", part=part, _external=True)


def _xml(pieces: Iterator[str]) -> Response:
    # The rows are read before, the text is made while it is sent: no slow reader keeps a connection.
    return _kept(current_app.response_class(pieces, mimetype="application/xml"))


def _kept(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = _HOUR
    return response
