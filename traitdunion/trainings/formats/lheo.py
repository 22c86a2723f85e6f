"""LHEO 2.x, the XML that French catalogues exchange (decree 2015-742), and the index form of the Intercarif feed.

The file is streamed, each record freed once read: memory stays flat, whatever the size. Nothing is fetched, no entity
is resolved, and libxml2's own limits (depth, text, amplification) stay on.
"""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from traitdunion.trainings.drafts import CutShort, NotTrainings, Reading
from traitdunion.trainings.formats import lheo_records
from traitdunion.trainings.formats.lheo_records import Element, name

_RECORDS = {"formation": lheo_records.training, "resume-offre": lheo_records.summary}
_ROOTS = frozenset({"lheo", "lheo-index", "offres", "resumes-offres", "formation", "resume-offre"})
_LONGEST_RECORD = 16 * 1024 * 1024
"""Bytes between the ends of two records: real ones have some 20 kB."""


def read(stream: BinaryIO) -> Iterator[Reading]:
    """The trainings of an LHEO file, with or without namespace, in their order.

    Raises NotTrainings for anything that is not LHEO, CutShort where the XML stops being well-formed.
    """
    source = _Bounded(stream)
    parser = etree.iterparse(
        source,
        events=("end",),
        tag=tuple(f"{{*}}{record}" for record in _RECORDS),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    line = 0
    try:
        for _, element in parser:
            line = element.sourceline or line
            yield line, _RECORDS[name(element)](element)
            source.since_record = 0
            _free(element)
        root = parser.root
    except etree.XMLSyntaxError as error:
        if not line:
            raise NotTrainings("ce n’est pas du XML bien formé, ou pas du LHEO.") from None
        raise CutShort(error.lineno or line, "le XML est tronqué ou mal formé") from None
    except _TooLong:
        if not line:
            raise NotTrainings("aucune formation LHEO n’a été trouvée au début du fichier.") from None
        raise CutShort(line, "ce qui suit n’est pas une formation") from None
    if not line and (root is None or name(root) not in _ROOTS):
        raise NotTrainings("c’est du XML, mais pas du LHEO : ni « formation » ni « resume-offre ».")


def _free(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class _TooLong(Exception):
    """No record has ended for too long: reading on would fill the memory."""


class _Bounded:
    """A stream that stops when a record is too long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.since_record = 0

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        chunk = self._stream.read(size)
        self.since_record += len(chunk)
        if self.since_record > _LONGEST_RECORD:
            raise _TooLong
        return chunk
