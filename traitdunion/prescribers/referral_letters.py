"""What a person receives about a referral or a consent, at an address of their own, whoever clicked.

Each is written once for its cause. A person without address receives nothing: the prescriber prints a sheet. What
prescribers are told goes into their digest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.core import tokens
from traitdunion.immersions import alternatives, wording
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications import digests, messages
from traitdunion.notifications.messages import Draft, Topic
from traitdunion.prescribers.models import Consent, Referral

ANSWER = "referral"
"""Purpose of the token with which a person answers: the referral's id."""
IN_PLACE = "booked-in-place"
"""Purpose of the token with which a person cancels what was booked in their place: the referral's id."""
CONSENT = "consent"
"""Purpose of the token with which a person reads a consent, and withdraws it: the consent's id."""


def short_name(person: Person) -> str:
    """« Camille E. »: enough for the person and for whoever follows them, little for whoever else reads it."""
    initial = f"{person.family_name[:1].upper()}." if person.family_name else ""
    return f"{person.given_name} {initial}".strip() or "cette personne"


def token(referral: Referral) -> str:
    """What stands in the link that answers the referral."""
    return tokens.sign(ANSWER, [referral.id])


def proposed(session: Session, referrals: Sequence[Referral], *, now: datetime) -> None:
    """Slots are proposed to each of these people."""
    kind = "referral_proposed"
    drafts = [Draft(to=one.entry.person.address, key=_key(one, kind), values=_values(one)) for one in referrals]
    messages.write_many(session, kind, drafts, now=now)


def reminded(session: Session, referral: Referral, *, now: datetime) -> None:
    """No answer yet; of no use once it is too late to answer."""
    _write(session, referral, "referral_reminder", now=now, topic=Topic.REMINDER, expires_at=referral.expires_at)


def withdrawn(session: Session, referral: Referral, *, now: datetime) -> None:
    """There is nothing left to answer."""
    _write(session, referral, "referral_withdrawn", now=now)


def slot_cancelled(session: Session, referral: Referral, slot: Slot, *, now: datetime) -> None:
    """One of several slots does not take place; the others are still there."""
    _write(session, referral, "referral_slot_cancelled", now=now, about=slot, values={"slot": slot})


def gone(session: Session, referral: Referral, slot: Slot, *, now: datetime) -> None:
    """None of the slots can be booked any more; what else there is comes with it."""
    near = alternatives.near(session, slot, person_id=referral.entry.person_id, now=now)
    _write(session, referral, "referral_gone", now=now, values={"slot": slot, "near": near})


def full(session: Session, referral: Referral, slot: Slot, *, now: datetime) -> None:
    """Others took the last places: there is the waiting list, and what else there is."""
    near = alternatives.near(session, slot, person_id=referral.entry.person_id, now=now)
    _write(session, referral, "referral_full", now=now, about=slot, values={"slot": slot, "near": near})


def booked_in_place(session: Session, referral: Referral, booking: Booking, *, now: datetime) -> None:
    """A prescriber booked in the person's place: how to cancel it, and how to withdraw the consent."""
    values = {
        "booking": booking,
        "slot": booking.slot,
        "company": booking.slot.company,
        "cancel_token": tokens.sign(IN_PLACE, [referral.id]),
        "consent_token": tokens.sign(CONSENT, [referral.consent_id or 0]),
    }
    _write(session, referral, "booked_in_place", now=now, values=values)


def consent_recorded(session: Session, consent: Consent, *, now: datetime) -> None:
    """A prescriber noted that the person consented: the very words, and how to withdraw it."""
    _write_of_consent(session, consent, "consent_recorded", now=now)


def consent_withdrawn(session: Session, consent: Consent, *, stopped: Sequence[Booking], now: datetime) -> None:
    """Nothing more is booked in the person's place; `stopped` was not sure yet and is cancelled."""
    _write_of_consent(session, consent, "consent_withdrawn", now=now, values={"stopped": stopped})


def tell_prescriber(session: Session, referral: Referral, slot: Slot, what: str, *, now: datetime) -> None:
    """Tells who proposed it, or else the referent, `what` became of it: « a dit oui »."""
    entry = referral.entry
    prescriber = (
        referral.prescriber if referral.prescriber and referral.prescriber.state == "active" else entry.prescriber
    )
    if prescriber is None or prescriber.person is None:
        return
    line = f"{short_name(entry.person)} {what}\u00a0: {slot.title}, {slot.company.name}, {wording.days(slot)}."
    path = f"/prescripteur/{entry.organisation_id}/propositions/{referral.id}"
    key = f"referral:{referral.id}:{referral.state}"
    digests.add(session, to=prescriber.person.address, key=key, line=line, path=path, now=now)


def _write(
    session: Session,
    referral: Referral,
    kind: str,
    *,
    now: datetime,
    about: Slot | None = None,
    values: dict[str, Any] | None = None,
    topic: Topic = Topic.NECESSARY,
    expires_at: datetime | None = None,
) -> None:
    messages.write(
        session,
        to=referral.entry.person.address,
        kind=kind,
        key=_key(referral, kind, about),
        values={**_values(referral), **(values or {})},
        now=now,
        topic=topic,
        expires_at=expires_at,
    )


def _key(referral: Referral, kind: str, about: Slot | None = None) -> str:
    return f"referral:{referral.id}:{kind}" + (f":{about.id}" if about else "")


def _values(referral: Referral) -> dict[str, Any]:
    return {
        "referral": referral,
        "prescriber": referral.prescriber,
        "organisation": referral.entry.organisation,
        "slots": [choice.slot for choice in referral.choices],
        "token": token(referral),
    }


def _write_of_consent(
    session: Session, consent: Consent, kind: str, *, now: datetime, values: dict[str, Any] | None = None
) -> None:
    messages.write(
        session,
        to=consent.entry.person.address,
        kind=kind,
        key=f"consent:{consent.id}:{kind}",
        values={
            "consent": consent,
            "organisation": consent.entry.organisation,
            "token": tokens.sign(CONSENT, [consent.id]),
            **(values or {}),
        },
        now=now,
    )
