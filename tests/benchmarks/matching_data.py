"""The development half of the evaluation, and what may be learned when a fold of it is asked about."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import orjson

from traitdunion.matching.occupations import Example, ExampleKind

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDS = 5

Row: TypeAlias = dict[str, Any]


def is_there() -> bool:
    """Whether the real data stand beside the checkout."""
    return (SHARED / "eval").is_dir()


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of one JSONL file, by its path under the shared data."""
    return tuple(orjson.loads(line) for line in (SHARED / name).read_bytes().splitlines())


def fold_of(norm: str) -> int:
    """The fold in which a normalised title is asked about; in all others it may be learned."""
    return crc32(norm.encode()) % FOLDS


def norm(title: str) -> str:
    """The evaluation's own normal form, for titles that have none there."""
    text = title.lower().replace("œ", "oe")
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = re.sub(r"\(?\b[hfm]\s?/\s?[hfm]\b\)?", " ", text)
    return " ".join(re.findall(r"[a-z0-9]+", text))


@cache
def offers() -> tuple[Row, ...]:
    """All offers at hand, each once, the complete ones first."""
    found: dict[str, Row] = {}
    for name in ("offers/offers.jsonl", "offers/offers_reduced.jsonl"):
        for offer in rows(name):
            found.setdefault(offer["id"], offer)
    return tuple(found.values())


@cache
def norms_by_offer() -> dict[str, str]:
    """The evaluation's normal title of each offer that it names."""
    named = {id_: row["norm"] for row in rows("eval/title2rome.jsonl") for id_ in row["offer_ids"]}
    return {offer["id"]: named.get(offer["id"]) or norm(offer["intitule"]) for offer in offers()}


@dataclass(frozen=True)
class Official:
    """The official ROME files, as the product will read them."""

    parents: dict[str, str]
    labels: dict[str, str]
    titles: tuple[tuple[str, str], ...]
    near: dict[str, frozenset[str]]


@cache
def official() -> Official:
    """Codes with their v3 parents, labels, job titles, near codes (mobilities « Proche »)."""
    folder = SHARED / "rome" / "official"
    parents: dict[str, str] = {}
    labels: dict[str, str] = {}
    titles: set[tuple[str, str]] = set()
    for row in _table(folder / "unix_referentiel_code_rome_v347_utf8.csv"):
        parents[row["code_rome"]] = row["code_rome"]
        labels[row["code_rome"]] = row["libelle_rome"]
    for row in _table(folder / "unix_referentiel_code_rome_v460_utf8.csv"):
        parents[row["code_rome"]] = row["code_rome_parent"] or row["code_rome"]
        titles.add((row["libelle_rome"], parents[row["code_rome"]]))
        labels.setdefault(row["code_rome"], row["libelle_rome"])
    for row in _table(folder / "unix_referentiel_appellation_v347_utf8.csv"):
        titles.add((row["libelle_appellation_long"], row["code_rome"]))
    for row in _table(folder / "unix_referentiel_appellation_v460_utf8.csv"):
        titles.add((row["libelle_appellation_long"], parents[row["code_rome"]]))
    titles |= {(label, parents[code]) for code, label in labels.items()}
    near: dict[str, set[str]] = {}
    for row in _table(folder / "unix_rubrique_mobilite_v347_utf8.csv"):
        if row["libelle_type_mobilite"].startswith("Proche"):
            near.setdefault(row["code_rome"], set()).add(row["code_rome_cible"])
    return Official(parents, labels, tuple(sorted(titles)), {code: frozenset(found) for code, found in near.items()})


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def parent(code: str) -> str:
    """The v3 code, as the evaluation counts."""
    return official().parents.get(code, code)


def job_title_examples() -> list[Example]:
    """The official job titles and labels."""
    return [Example(title, code, kind=ExampleKind.JOB_TITLE) for title, code in official().titles]


def offer_examples(held: int | None) -> Iterator[Example]:
    """The offers, and the official titles that they bear, less those whose normal title is in the held fold."""
    known = norms_by_offer()
    for offer in offers():
        code = parent(offer["romeCode"])
        if fold_of(known[offer["id"]]) != held:
            yield Example(offer["intitule"], code, description=offer.get("description"))
        label = offer.get("appellationlibelle")
        if label and fold_of(norm(label)) != held:
            yield Example(label, code, 0.5, ExampleKind.JOB_TITLE)


def training_examples(held: int | None) -> Iterator[Example]:
    """The trainings that carry codes, less those whose normal title is in the held fold."""
    named = {row["title"]: row["norm"] for row in rows("eval/training2rome.jsonl")}
    for name in ("trainings/certifications.jsonl", "trainings/grand_est_funded.jsonl"):
        for training in rows(name):
            codes = sorted({parent(code) for code in training.get("rome_codes") or ()})
            if fold_of(named.get(training["title"]) or norm(training["title"])) != held:
                for code in codes:
                    yield Example(training["title"], code, 1 / len(codes), ExampleKind.TRAINING)


def examples(held: int | None) -> list[Example]:
    """All that may be learned while this fold is asked about; everything when it is None."""
    return [*job_title_examples(), *offer_examples(held), *training_examples(held)]


def most_common(pairs: list[tuple[str, str]], count: int) -> list[tuple[tuple[str, str], int]]:
    """The most frequent pairs, then in alphabetical order."""
    return sorted(Counter(pairs).items(), key=lambda found: (-found[1], found[0]))[:count]
