"""Tables: CSV with `;` or `,` (or tabulations), in UTF-8 or Windows-1252, whose first line names the columns.

`intitule` is compulsory, with a code, a level or a place at least; every other column is optional, unknown ones are
passed over. `identifiant` (lines that share it are places and sessions of one training), `identifiant_action`,
`identifiant_session`, `objectif`, `contenu`, `resultats`, `codes_rome`, `formacodes`, `rncp`, `rs`, `certifinfo`,
`niveau_entree` and `niveau_sortie` (European number 3–8, 0 for none, or a word such as cap-bep or bac-2, or
"lheo:<code>"), `niveau_entree_obligatoire`, `certifiante`, `objectif_general` (LHEO AIS), `url`, `organisme`, `siret`,
`lieu`, `adresse`, `code_postal`, `commune`, `code_insee`, `latitude`, `longitude`, `modalite` (0 or presentiel, 1 or
mixte, 2 or distance), `entrees_permanentes`, `prix` (euros, TTC), `heures`, `heures_entreprise`, `financeurs` (LHEO
codes: 2 is the Conseil régional), `publics`, `accessibilite`, `contact`, `telephone`, `courriel`, `debut`, `fin`,
`inscription_debut`, `inscription_fin` (2026-11-21 or 21/11/2026), `etat` (ouvert, ferme, suspendu), `places`.
Several codes stand between spaces; yes and no are oui, non, 1 or 0.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from traitdunion.trainings.drafts import NotTrainings, Reading, Refusal
from traitdunion.trainings.formats import decoding, flat

_LONGEST_LINE = 1024 * 1024


def read(stream: BinaryIO) -> Iterator[Reading]:
    """The lines of a table, in their order. Raises NotTrainings when the first line does not name known columns."""
    lines = _Lines(stream)
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(";,\t", key=header.count)
    names = [flat.canonical(name) for name in header.replace('"', "").strip().split(delimiter)]
    if "intitule" not in names or not flat.is_training(names):
        raise NotTrainings("la première ligne ne nomme pas les colonnes attendues (« intitule », « codes_rome »…).")
    # Strict: a quote that is never closed would swallow, without a word, the lines up to the next one.
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_record()
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error:
            lines.give_back()
            yield lines.first, Refusal(reason="guillemets mal placés", raw=lines.raw(header))
        else:
            yield from _reading(row, names, lines, header)
        yield from lines.take_too_long()
    yield from lines.take_too_long()


def _reading(row: Sequence[str], names: Sequence[str], lines: "_Lines", header: str) -> Iterator[Reading]:
    if not any(value.strip() for value in row):
        return
    draft = flat.read(flat.gather(zip(names, row, strict=False)))
    yield lines.first, Refusal(reason=draft, raw=lines.raw(header)) if isinstance(draft, str) else draft


class _Lines:
    """The lines of text for `csv`, which remembers those of the record being read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = decoding.numbered_lines(stream)
        self._given_back: deque[tuple[int, str]] = deque()
        self._record: list[tuple[int, str]] = []
        self._too_long: list[Reading] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._given_back:
            self._record.append(self._given_back.popleft())
            return self._record[-1][1]
        number, raw = next(self._lines)
        if len(raw) > _LONGEST_LINE:
            self._too_long.append((number, Refusal(reason="ligne de plus d’un mégaoctet", raw=raw)))
            return "\n"
        self._record.append((number, decoding.text(raw).replace("\x00", "")))
        return self._record[-1][1]

    @property
    def first(self) -> int:
        """The line where the record begins."""
        return self._record[0][0] if self._record else 0

    def begin_record(self) -> None:
        """What is read from now on belongs to another record."""
        self._record.clear()

    def give_back(self) -> None:
        """All lines of the record but the first will be read again, as records of their own."""
        self._given_back.extendleft(reversed(self._record[1:]))
        del self._record[1:]

    def raw(self, header: str) -> bytes:
        """The record under its header, a table of its own."""
        return (header.rstrip("\r\n") + "\n" + "".join(line for _, line in self._record)).encode()

    def take_too_long(self) -> Iterator[Reading]:
        """The lines that were not even read, once."""
        yield from self._too_long
        self._too_long.clear()
