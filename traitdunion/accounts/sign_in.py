"""Signing in without a password: a link and a 6-digit code are sent; either, once, proves the address.

The link is bound to the browser that asked: opened elsewhere (an e-mail read on the telephone), it asks for the code.
The code works in the browser that asked, five times. Nothing is looked up when somebody asks: the answer is the same,
and takes as long, for an address that is known and for one that is not.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from traitdunion.accounts import bans, people, sign_ins
from traitdunion.accounts.models import Person, SignInRequest
from traitdunion.core import limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address

VALID_FOR = timedelta(minutes=20)
TRIES = Limit("sign-in code", most=5, per=VALID_FOR)
"""Counted from the first try: never forgotten while the code is valid."""

_WAITING_AT_ONCE = 2

ADDRESS = "accounts.address"
"""The kind that gives an address to a person who is signed in already."""

Handler = Callable[[Session, Person, dict[str, Any], datetime], str | None]

_handlers: dict[str, Handler] = {}


class LinkRefused(Refused):
    """The link is not one of ours, has been used, or is too old."""


class CodeRefused(Refused):
    """That code was not sent to this browser's person, or too many were tried."""


class AddressTaken(Refused):
    """Another person has that address."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits until the address is proved; `values` is kept as JSON, and erased once done or after a day."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    """What the message says that it is for, after « pour »: « réserver votre visite du 3 mars »."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The address is proved. `secret` is for the browser's cookie; None when the browser was signed in already."""

    person: Person
    secret: str | None
    path: str | None
    """Where to go on; None for the person's own space."""
    refusal: str | None
    """Why what waited could not be done, in French."""


def on_confirmed(kind: str) -> Callable[[Handler], Handler]:
    """Registers what is done with a `Pending` of that kind: function(session, person, values, now) -> path to go to,
    or None for the page that was asked for.

    It may raise a Refused: the person is signed in all the same, and reads why.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def ask(
    session: Session,
    *,
    address: Address,
    browser: str,
    then: Pending | None = None,
    path: str | None = None,
    now: datetime,
) -> None:
    """Sends a link and a code to the address; `browser` is the secret of the browser that asks (`cookies.browser`).

    Once the address is proved, `then` is done, and the page at `path`, else the one that `then` says, is shown.
    """
    secret, code = tokens.new_secret(), tokens.new_code()
    link = tokens.fingerprint(secret)
    session.add(
        SignInRequest(
            email=address.email,
            phone=None if address.email else address.phone,
            link=link,
            code=_code(link, code),
            browser=tokens.fingerprint(browser),
            pending_kind=then.kind if then else None,
            pending_values=then.values if then else None,
            path=path,
            asked_at=now,
            expires_at=now + VALID_FOR,
            used_at=None,
        )
    )
    messages.write(
        session,
        to=address,
        kind="sign_in",
        key=f"sign-in:{link.hex()}",
        values={"token": secret, "code": code, "purpose": then.told if then else "", "minutes": _minutes()},
        now=now,
        expires_at=now + VALID_FOR,
    )


def find_link(session: Session, secret: str, *, now: datetime) -> SignInRequest:
    """The request that the link answers; raises LinkRefused, which says why it opens nothing."""
    found = session.scalar(select(SignInRequest).where(SignInRequest.link == tokens.fingerprint(secret)))
    if found is None:
        raise LinkRefused("Ce lien n’est pas valable. Vérifiez qu’il est entier, ou demandez-en un autre.")
    if found.used_at is not None:
        raise LinkRefused("Ce lien a déjà servi\u00a0: il ne sert qu’une fois. Demandez-en un autre.")
    if found.expires_at <= now:
        raise LinkRefused(f"Ce lien n’est plus valable\u00a0: il dure {_minutes()}\u00a0minutes. Demandez-en un autre.")
    return found


def is_from(request: SignInRequest, browser: str | None) -> bool:
    """Whether that browser asked."""
    return browser is not None and hmac.compare_digest(request.browser, tokens.fingerprint(browser))


def confirm_link(session: Session, secret: str, *, browser: str | None, code: str, device: str, now: datetime) -> Done:
    """Signs in by the link, in the browser that asked or with the code of its message.

    Raises LinkRefused, CodeRefused, bans.Banned, AddressTaken.
    """
    request = find_link(session, secret, now=now)
    if not is_from(request, browser):
        if request.pending_kind == ADDRESS:
            raise LinkRefused("Ouvrez ce lien dans le navigateur où vous avez demandé à changer d’adresse.")
        _try(request, code)
    return _confirm(session, request, device=device, now=now)


def confirm_code(session: Session, code: str, *, browser: str | None, device: str, now: datetime) -> Done:
    """Signs in by the code, in the browser that asked; raises CodeRefused, bans.Banned, AddressTaken."""
    waiting = _waiting(session, browser, now=now) if browser else []
    if not waiting:
        raise CodeRefused("Ce code n’est plus valable, ou a été demandé sur un autre appareil. Demandez-en un autre.")
    refusals = []
    for request in waiting:  # an older message of the same browser may hold it
        try:
            _try(request, code)
        except CodeRefused as refusal:
            refusals.append(refusal)
        else:
            return _confirm(session, request, device=device, now=now)
    raise refusals[0]


def forget(session: Session, *, before: datetime) -> None:
    """Erases the requests that were made before, with what waited for them."""
    session.execute(delete(SignInRequest).where(SignInRequest.asked_at < before))


def _waiting(session: Session, browser: str, *, now: datetime) -> Sequence[SignInRequest]:
    query = select(SignInRequest).where(
        SignInRequest.browser == tokens.fingerprint(browser),
        SignInRequest.used_at.is_(None),
        SignInRequest.expires_at > now,
    )
    # Not all of them: whoever asks for forty addresses would try each code on forty people.
    latest = query.order_by(SignInRequest.asked_at.desc(), SignInRequest.id.desc()).limit(_WAITING_AT_ONCE)
    return session.scalars(latest).all()


def _try(request: SignInRequest, code: str) -> None:
    digits = "".join(sign for sign in code if sign.isdigit())
    try:
        limits.count_of(TRIES, request.link.hex())
    except TooManyRequests:
        raise CodeRefused("Trop d’essais\u00a0: ce code ne peut plus servir. Demandez-en un autre.") from None
    if not hmac.compare_digest(request.code, _code(request.link, digits)):
        raise CodeRefused("Ce n’est pas le code que nous avons envoyé. Vérifiez ses six chiffres.")


def _confirm(session: Session, request: SignInRequest, *, device: str, now: datetime) -> Done:
    # The row is locked until the commit: of several at once, one finds it unused.
    used = session.scalar(
        update(SignInRequest)
        .where(SignInRequest.id == request.id, SignInRequest.used_at.is_(None))
        .values(used_at=now, pending_values=None)
        .returning(SignInRequest.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise LinkRefused("Ce lien a déjà servi\u00a0: il ne sert qu’une fois. Demandez-en un autre.")
    values = request.pending_values or {}
    if request.pending_kind == ADDRESS:
        return _give_address(session, request, values, now=now)
    person = people.get_or_create(session, email=request.email, phone=request.phone, now=now)
    bans.refuse(session, person)
    secret = sign_ins.start(session, person, device=device, now=now)
    path, refusal = request.path, None
    if handler := _handlers.get(request.pending_kind or ""):
        try:
            with session.begin_nested():
                path = handler(session, person, values, now) or path
        except Refused as told:
            path, refusal = None, str(told)
    return Done(person=person, secret=secret, path=path, refusal=refusal)


def _give_address(session: Session, request: SignInRequest, values: dict[str, Any], *, now: datetime) -> Done:
    person = people.get(session, int(values["person_id"]))
    if person is None:
        raise LinkRefused("Ce compte n’existe plus.")
    bans.refuse(session, person)
    other = people.find(session, email=request.email, phone=request.phone)
    if other is not None and other.id != person.id:
        raise AddressTaken("Cette adresse est déjà celle d’un autre compte. Connectez-vous avec elle.")
    replaced = Address(email=person.email) if request.email else Address(email=None, phone=person.phone)
    if (replaced.email or replaced.phone) not in {None, request.email, request.phone}:
        # Whoever holds somebody's browser for a minute must not take the account unseen.
        messages.write(
            session,
            to=replaced,
            kind="address_changed",
            key=f"address-changed:{request.link.hex()}",
            values={},
            now=now,
        )
    person.email, person.phone = request.email or person.email, request.phone or person.phone
    return Done(person=person, secret=None, path=request.path, refusal=None)


def _code(link: bytes, code: str) -> bytes:
    return tokens.fingerprint(f"{link.hex()}:{code}")


def _minutes() -> int:
    return int(VALID_FOR.total_seconds()) // 60
