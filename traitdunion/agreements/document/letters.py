"""The document sent to those it binds, once it is validated."""

from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.document import documents
from traitdunion.agreements.models import Agreement
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address, Attachment


def send(session: Session, agreement: Agreement, content: bytes, *, now: datetime) -> None:
    """To each party, once for each version; by SMS, the address where it is found."""
    file = Attachment(name=documents.file_name(agreement), media_type="application/pdf", content=content)
    terms = agreements.version_of(agreement).terms
    for party in agreement.parties:
        messages.write(
            session,
            to=Address(email=party.email, phone=party.phone, name=party.name),
            kind="agreement_document",
            key=f"agreement:{agreement.id}:{agreement.version}:document:{party.id}",
            values={
                "agreement": agreement,
                "beneficiary": f"{terms['beneficiary']['given_name']} {terms['beneficiary']['family_name']}",
                "host": terms["host"]["name"],
                "code": documents.printed(agreement.code),
            },
            now=now,
            attachments=[file],
        )
