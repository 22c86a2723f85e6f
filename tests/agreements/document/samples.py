"""States of a document, and what is read of a PDF."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from traitdunion.agreements.document.sections import Awaited, Signed, State
from traitdunion.agreements.kinds import PartyRole, SignatureChannel

AT = datetime(2026, 11, 20, 17, 4, tzinfo=UTC)


def state(**fields: Any) -> State:
    """Signed by the beneficiary, awaited from the company."""
    row: dict[str, Any] = {
        "code": "K7Q2X-9XWM3",
        "version": 1,
        "signed": (
            Signed(
                role=PartyRole.BENEFICIARY,
                name="Camille Exemple",
                at=AT,
                channel=SignatureChannel.SMS,
                masked_address="…\u00a012\u00a034",
                version=1,
            ),
        ),
        "awaited": (Awaited(role=PartyRole.COMPANY, name="Ada Martin"),),
        "validated_at": None,
        "verification": "https://essai.exemple.fr/conventions/verification?code=K7Q2X-9XWM3",
        "ended": None,
        **fields,
    }
    return State(**row)


def reader(content: bytes) -> PdfReader:
    """What reads the file."""
    return PdfReader(io.BytesIO(content), strict=True)


def text(content: bytes) -> str:
    """All its words, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in reader(content).pages).split())


def tags(content: bytes) -> Counter[str]:
    """How many elements of each kind its structure has."""
    root = reader(content).trailer["/Root"]
    return Counter(_tags(root["/StructTreeRoot"]))  # type: ignore[index]


def figures(content: bytes) -> list[str]:
    """What is said aloud of its pictures."""
    root = reader(content).trailer["/Root"]
    elements = _elements(root["/StructTreeRoot"])  # type: ignore[index]
    return [str(one.get("/Alt", "")) for one in elements if one.get("/S") == "/Figure"]


def _tags(root: Any) -> Iterator[str]:
    return (str(one["/S"]) for one in _elements(root) if "/S" in one)


def _elements(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, ArrayObject):
        for one in node:
            yield from _elements(one)
    elif isinstance(node, DictionaryObject):
        yield node
        if "/K" in node:
            yield from _elements(node["/K"])
