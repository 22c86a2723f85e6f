"""Signing the version that holds, once for each party, and whether the signatures of an agreement still hold."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, lifecycle, snapshot
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion, Signature, SignatureCode
from traitdunion.agreements.signing import chain, codes, letters
from traitdunion.agreements.signing.chain import Kept, Link
from traitdunion.core import tokens
from traitdunion.core.errors import Refused

SIGNABLE = frozenset({Status.READY_TO_SIGN.value, Status.PARTIALLY_SIGNED.value})
TO_READ = timedelta(minutes=30)
"""How long whoever typed the code may read before signing."""

_PROOF = "agreement-proof"


class CannotSign(Refused):
    """There is nothing to sign, or it is not what was read."""


def party_of(session: Session, token: str) -> AgreementParty:
    """Whose link it is; raises tokens.TokenRefused for one that is not ours, CannotSign for a party that is no more."""
    (party_id,) = cast(list[int], tokens.read(letters.SIGN, token, None))
    party = session.get(AgreementParty, party_id)
    if party is None or not party.signs:
        raise CannotSign("Ce lien n’est plus valable\u00a0: la convention a changé, ou n’existe plus.")
    return party


def standing(agreement: Agreement, party: AgreementParty) -> Signature | None:
    """The party's signature, if it signed and no change cleared it."""
    return next((one for one in documents.standing(agreement) if one.role == party.role), None)


def proof(asked: SignatureCode) -> str:
    """What the page that shows the text holds: it lets its reader sign what is shown."""
    return tokens.sign(_PROOF, [asked.id])


def read_proof(session: Session, party: AgreementParty, proof_: str) -> SignatureCode:
    """The code that was typed to show the text. Raises CannotSign when the page is too old, or of something else."""
    try:
        (code_id,) = cast(list[int], tokens.read(_PROOF, proof_, TO_READ))
    except tokens.TokenRefused:
        raise CannotSign("Cette page est ouverte depuis trop longtemps. Demandez un autre code.") from None
    asked = session.get(SignatureCode, code_id)
    if asked is None or asked.party_id != party.id or asked.used_at is not None:
        raise CannotSign("Un autre code a été demandé depuis, ou celui-ci a déjà servi. Demandez-en un autre.")
    return asked


def sign(session: Session, party: AgreementParty, asked: SignatureCode, *, now: datetime) -> Signature:
    """The party signs the version that it asked the code for. Raises CannotSign, codes.CodeRefused.

    Those who sign at the same instant do it one after the other: each signature knows the one before.
    """
    agreement = lifecycle.lock(session, party.agreement_id)
    session.refresh(agreement, ["versions", "parties", "signatures"])  # as the last one who had the lock left them
    version = agreements.version_of(agreement)
    if agreement.status not in SIGNABLE:
        raise CannotSign("Cette convention n’attend plus de signature.")
    if asked.version_id != version.id or version.hash is None:
        raise CannotSign("Le texte a changé depuis que vous l’avez lu. Demandez un autre code pour le relire.")
    if standing(agreement, party) is not None:
        raise CannotSign("Vous avez déjà signé cette convention.")
    codes.use(session, asked, now=now)
    previous = agreement.signatures[-1] if agreement.signatures else None
    signature = Signature(
        agreement=agreement,
        version_id=version.id,
        party_id=party.id,
        role=party.role,
        name=party.name,
        channel=asked.channel,
        masked_address=asked.masked_address,
        signed_at=now,
        terms_hash=version.hash,
        previous_hash=previous.hash if previous else None,
    )
    signature.hash = chain.digest(_link(agreement, signature, version))
    session.add(signature)
    is_last = not letters.awaited(agreement)
    act = Act.SIGN_LAST if is_last else Act.SIGN
    lifecycle.step(session, agreement, act, actor=Actor(party.role), by=party.person_id, now=now)
    return signature


def holds(agreement: Agreement) -> bool:
    """Whether the terms that were signed, and all the signatures, those that a change cleared too, are as they were."""
    versions = {one.id: one for one in agreement.versions}
    if any(one.hash is not None and snapshot.digest(one.terms) != one.hash for one in versions.values()):
        return False
    kept = [
        Kept(
            link=_link(agreement, one, versions[one.version_id]),
            hash=one.hash,
            terms_hash_today=snapshot.digest(versions[one.version_id].terms),
        )
        for one in agreement.signatures
    ]
    return chain.holds(kept)


def _link(agreement: Agreement, signature: Signature, version: AgreementVersion) -> Link:
    return Link(
        agreement=agreement.code,
        version=version.number,
        role=signature.role,
        name=signature.name,
        channel=signature.channel,
        masked_address=signature.masked_address,
        signed_at=signature.signed_at,
        terms_hash=signature.terms_hash,
        previous_hash=signature.previous_hash,
    )
