"""Measures matching on the development half of the real data; no title is both learned and asked.

`python -m tests.benchmarks.bench_matching [--full] [--confusions]` prints the table. Each title is asked of a model
that was learned without its fold; trainings too, when their codes are hidden.
"""

import csv
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rapidfuzz import fuzz, process, utils

from tests.benchmarks import matching_data as data
from tests.benchmarks.table import Row, print_table
from traitdunion.matching import titles
from traitdunion.matching.features import Vocabulary
from traitdunion.matching.occupations import Example, ExampleKind, Model, Prediction
from traitdunion.matching.trainings import OfferFacts, Reference, TrainingFacts, rank
from traitdunion.search import understood

_SURE = 0.6
"""Score of the first answer from which a description is not asked."""
_SLOW_SAMPLE = 40
"""Titles asked of rapidfuzz, at some 20 a second."""
_ENTRY_LEVELS = {"sans-diplome": 0, "cap-bep": 3, "bac-0-1": 4, "bac-2": 5, "bac-3-4": 6, "bac-5": 7}


_LOAD = """
import os, sys, time
from pathlib import Path
from traitdunion.matching.occupations import Model

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6

before = held()
started = time.process_time()
model = Model.load(Path(sys.argv[1]))
took = time.process_time() - started
model.predict(["boulanger"])
print(took, held() - before)
"""
"""In a process of its own (of Linux): what a web process pays for the model, scipy included."""


@dataclass
class Answers:
    """What the five models answered, each about the fold that it had not learned."""

    titles: list[tuple[data.Row, list[Prediction]]] = field(default_factory=list)
    described: list[tuple[data.Row, list[Prediction]]] = field(default_factory=list)
    trainings: list[tuple[data.Row, list[Prediction]]] = field(default_factory=list)
    offers: dict[str, tuple[Prediction, ...]] = field(default_factory=dict)
    described_offers: dict[str, tuple[Prediction, ...]] = field(default_factory=dict)
    """The same, read with their description where the title alone is not sure."""
    learning: list[float] = field(default_factory=list)


def rows(*, full: bool = False) -> Iterator[Row]:
    """The measures; one that says so when the real data are absent."""
    if not data.is_there():
        yield Row("matching", "not measured: ../shared/data is absent")
        return
    answers = ask()
    yield from _occupation_rows(answers)
    yield from _pair_rows(answers)
    yield from _aside_rows(answers)
    model = Model.learn(data.examples(None))
    yield from _query_rows(model)
    yield from _speed_rows(model, answers)
    yield _ranking_row(model)
    if full:
        yield _long_learning_row()


def ask() -> Answers:
    """Learns once for each fold and asks about its titles."""
    answers = Answers()
    offers = {offer["id"]: offer for offer in data.offers()}
    for fold in range(data.FOLDS):
        examples = data.examples(fold)
        started = time.process_time()
        model = Model.learn(examples)
        answers.learning.append(time.process_time() - started)
        asked = [row for row in data.rows("eval/title2rome.jsonl") if data.fold_of(row["norm"]) == fold]
        asked = [row for row in asked if row["balanced"] and row["direct"]]
        found = model.predict([row["title"] for row in asked])
        answers.titles += zip(asked, found, strict=True)
        told = [
            next((text for id_ in row["offer_ids"] if (text := offers[id_].get("description"))), None) for row in asked
        ]
        with_text = [place for place, text in enumerate(told) if text]
        found = model.predict([asked[place]["title"] for place in with_text], [told[place] for place in with_text])
        answers.described += zip([asked[place] for place in with_text], found, strict=True)
        asked = [row for row in data.rows("eval/training2rome.jsonl") if data.fold_of(row["norm"]) == fold]
        found = model.predict([row["title"] for row in asked], kind=ExampleKind.TRAINING, top=25)
        answers.trainings += zip(asked, found, strict=True)
        pairs = data.rows("eval/offer2training.jsonl")
        asked = [row for row in pairs if data.fold_of(data.norms_by_offer()[row["offer_id"]]) == fold]
        found = model.predict([row["title"] for row in asked], top=25)
        told = [offers[row["offer_id"]].get("description") for row in asked]
        more = model.predict([row["title"] for row in asked], told, top=25)
        for row, each, other in zip(asked, found, more, strict=True):
            answers.offers[row["offer_id"]] = tuple(each)
            is_sure = bool(each) and each[0].score >= _SURE
            answers.described_offers[row["offer_id"]] = tuple(each if is_sure else other)
    return answers


def _occupation_rows(answers: Answers) -> Iterator[Row]:
    hits = [_hits(found, set(row["rome_v3_all"])) for row, found in answers.titles]
    first, five = nearest_title_baseline()
    slow = slow_baseline()
    yield Row(
        "title → ROME, first right", _share(hits, 0), f"{first:.2f} TF-IDF", _over(hits, 0, first), "0.67, aim 0.80"
    )
    yield Row(
        "title → ROME, in first five", _share(hits, 1), f"{five:.2f} TF-IDF", _over(hits, 1, five), "0.84, aim 0.93"
    )
    yield Row("  the same, rapidfuzz WRatio", "", f"{slow[0]:.2f} / {slow[1]:.2f} ({_SLOW_SAMPLE} titles)")
    told = [_hits(found, set(row["rome_v3_all"])) for row, found in answers.described]
    asked = {id(row) for row, _ in answers.described}
    bare = [_hits(found, set(row["rome_v3_all"])) for row, found in answers.titles if id(row) in asked]
    yield Row("  with its description", _shares(told), f"{_shares(bare)} without")
    unknown = sum(not found for _, found in answers.titles)
    yield Row("  said unknown", f"{unknown / len(answers.titles):.3f}")
    yield Row(
        "calibration error, first answers", f"{calibration_error(_firsts(answers.titles)):.3f}", asked="0.06, aim 0.03"
    )
    yield Row("calibration error, all five", f"{calibration_error(_all(answers.titles)):.3f}", asked="0.06, aim 0.03")
    for kind, name in (("tdu", "Grand Est"), ("rncp", "national")):
        hits = [_hits(found, set(row["rome_v3"])) for row, found in answers.trainings if row["kind"] == kind]
        asked_for = "0.68 / 0.90, aim 0.80 / 0.95" if kind == "tdu" else "–"
        yield Row(f"training title → ROME, {name}", f"{_shares(hits)} {_interval(hits)}", asked=asked_for)


def _pair_rows(answers: Answers) -> Iterator[Row]:
    base = title_to_title_baseline()
    for name, hides_trainings, asked in (
        ("--hide-rome", True, "0.60 / 0.73, aim 0.75 / 0.84"),
        ("--hide-offer-rome", False, "0.74 / 0.82, aim 0.85 / 0.90"),
    ):
        for only_direct in (False, True):
            found = ranked_pairs(answers, hides_trainings=hides_trainings, only_direct=only_direct)
            what = f"offer → training, {name}{', direct' if only_direct else ''}"
            baseline = "–" if only_direct else f"{base[0]:.2f} / {base[1]:.2f} TF-IDF"
            ratio = "–" if only_direct else f"×{found[0] / base[0]:.2f}"
            yield Row(what, f"{found[0]:.3f} / {found[1]:.3f}", baseline, ratio, asked)


def _aside_rows(answers: Answers) -> Iterator[Row]:
    """What was tried for ranking and brings nothing: descriptions where the title is not sure, skills listed."""
    for name, told, skills in (
        ("descriptions of unsure titles", answers.described_offers, False),
        ("skills that offers list", answers.offers, True),
    ):
        changed = replace(answers, offers=told)
        found = [
            ranked_pairs(changed, hides_trainings=hides, only_direct=False, with_skills=skills)
            for hides in (True, False)
        ]
        measured = ", ".join(f"{first:.3f} / {rank:.3f}" for first, rank in found)
        yield Row(f"  tried, not kept: {name}", measured, "both rows above")


def _query_rows(model: Model) -> Iterator[Row]:
    """People's words, written by us with the codes that we would accept; none for what tells no trade."""
    with (Path(__file__).parent / "queries.csv").open(encoding="utf-8", newline="") as lines:
        asked = [(row["query"], set(row["codes"].split())) for row in csv.DictReader(lines)]
    found = [(understood.read(model, query), right) for query, right in asked]
    shown = [each.code in right for read, right in found if right for each in read]
    some = [any(each.code in right for each in read) for read, right in found if right]
    yield Row(
        f"people’s queries ({len(some)}): a right occupation proposed",
        f"{np.mean(some):.2f}; {np.mean(shown):.2f} of {len(shown)} proposals right",
    )
    idle = [bool(read) for read, right in found if not right]
    yield Row("  queries that tell no trade, answered", f"{sum(idle)} of {len(idle)}", asked="0")
    took = min(_wall(lambda: understood.read(model, "conduire des camions")) for _ in range(20))
    yield Row("  one query", f"{took * 1000:.1f} ms", asked="2 ms")


def _speed_rows(model: Model, answers: Answers) -> Iterator[Row]:
    batch = list(dict.fromkeys([offer["intitule"] for offer in data.offers()]))
    batch = [*batch, *(title for title, _ in data.official().titles)][:10_000]
    model.predict(batch[:2_000])
    gc.collect()
    gc.freeze()  # what the other measures left in memory is not the model's to walk through
    took = _timed(lambda: model.predict(batch))
    speed = len(batch) / took
    plain = _nearest_speed(batch[:500])
    yield Row(
        "distinct titles a second of processor",
        f"{speed:,.0f} ({took:.2f} s for {len(batch):,})",
        f"{plain:,.0f} TF-IDF",
        f"×{speed / plain:.0f}",
        "8,000, aim 15,000",
    )
    count = len(data.examples(None))
    yield Row(
        f"learning from {count:,} examples", f"{np.median(answers.learning):.1f} s of processor", asked="10 s, aim 3 s"
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        loaded = subprocess.run([sys.executable, "-c", _LOAD, str(path)], capture_output=True, check=True, text=True)
        seconds, megabytes = map(float, loaded.stdout.split())
        yield Row(
            "loading the model",
            f"{seconds * 1000:.0f} ms, file of {path.stat().st_size / 1e6:.0f} MB, {megabytes:.0f} MB of memory",
        )
    text = [offer.get("description") or "" for offer in data.offers()]
    size = sum(len(each.encode()) for each in text) / 1e6
    yield Row("stems", f"{size / _timed(lambda: [titles.stems(each) for each in text]):.0f} MB/s", asked="5 MB/s")
    yield Row(
        "normalised titles a second", f"{len(batch) / _timed(lambda: [titles.normalise(each) for each in batch]):,.0f}"
    )


def _ranking_row(model: Model) -> Row:
    offers = list({(offer["intitule"], offer["romeCode"]): offer for offer in data.offers()}.values())
    told = model.predict([offer["intitule"] for offer in offers])
    facts = [
        OfferFacts(offer["id"], offer["intitule"], offer["romeCode"], predicted=tuple(each))
        for offer, each in zip(offers, told, strict=True)
    ]
    trainings = [*_trainings("trainings/grand_est_funded.jsonl"), *_trainings("trainings/certifications.jsonl")]
    took = _timed(lambda: rank(facts, trainings, _reference()))
    what = f"ranking {len(facts):,} profiles × {len(trainings):,} trainings"
    return Row(what, f"{took:.1f} s, {len(facts) / took:,.0f}/s", asked="30,000 × 5,000 in < 60 s")


def _long_learning_row() -> Row:
    """500,000 examples, made by joining the words of real titles of one occupation in other orders."""
    real = data.examples(None)
    by_code: dict[str, list[str]] = {}
    for example in real:
        by_code.setdefault(example.code, []).append(example.title)
    made: list[Example] = []
    turn = 0
    while len(made) < 500_000:
        for example in real:
            other = by_code[example.code][turn % len(by_code[example.code])]
            made.append(replace(example, title=f"{example.title} {other.split()[-1]} {turn}", description=None))
        turn += 1
    took = _timed(lambda: Model.learn(made[:500_000]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return Row("learning from 500,000 examples", f"{took:.0f} s of processor, {memory:.1f} GB", asked="120 s, aim 60 s")


def nearest_title_baseline() -> tuple[float, float]:
    """TF-IDF over n-grams, the nearest official job title: first right, in first five (a fold of the titles)."""
    known = list(data.official().titles)
    normals = [titles.normalise(title) for title, _ in known]
    vocabulary = Vocabulary.learn(normals)
    asked = [row for row in _asked_titles() if data.fold_of(row["norm"]) == 0]
    close = (vocabulary.rows([titles.normalise(row["title"]) for row in asked]) @ vocabulary.rows(normals).T).toarray()
    return _nearest_hits(close, [code for _, code in known], [set(row["rome_v3_all"]) for row in asked])


def slow_baseline() -> tuple[float, float]:
    """rapidfuzz WRatio over the official job titles, on a sample."""
    known = list(data.official().titles)
    asked = _asked_titles()[:: len(_asked_titles()) // _SLOW_SAMPLE][:_SLOW_SAMPLE]
    close = process.cdist(
        [row["title"] for row in asked],
        [title for title, _ in known],
        scorer=fuzz.WRatio,
        processor=utils.default_process,
    )
    return _nearest_hits(close, [code for _, code in known], [set(row["rome_v3_all"]) for row in asked])


def title_to_title_baseline() -> tuple[float, float]:
    """TF-IDF over n-grams between the title of the offer and those of its candidates: precision at 1 and MRR."""
    pairs = _answerable(only_direct=False)
    known = sorted({candidate["title"] for row in pairs for candidate in row["candidates"]})
    vocabulary = Vocabulary.learn([titles.normalise(title) for title in known])
    columns = {title: at for at, title in enumerate(known)}
    there = vocabulary.rows([titles.normalise(title) for title in known])
    close = (vocabulary.rows([titles.normalise(row["title"]) for row in pairs]) @ there.T).toarray()
    ranks = []
    for row, near in zip(pairs, close, strict=True):
        ordered = sorted(row["candidates"], key=lambda each: (-near[columns[each["title"]]], each["training_id"]))
        ranks.append(_first_right([each["training_id"] for each in ordered], row))
    return _precision_and_mrr(ranks)


def ranked_pairs(
    answers: Answers, *, hides_trainings: bool, only_direct: bool, with_skills: bool = False
) -> tuple[float, float]:
    """Precision at 1 and MRR over each offer's own candidates, the offers' codes hidden."""
    told = {id_: tuple(found) for row, found in answers.trainings for id_ in row["training_ids"]}
    trainings = [
        replace(
            training, rome_codes=() if hides_trainings else training.rome_codes, predicted=told.get(training.id, ())
        )
        for training in _trainings("trainings/grand_est_funded.jsonl")
    ]
    pairs = _answerable(only_direct=only_direct)
    skills = _skills() if with_skills else {}
    offers = [
        OfferFacts(
            row["offer_id"],
            row["title"],
            skills=skills.get(row["offer_id"], ()),
            predicted=answers.offers[row["offer_id"]],
            candidates=frozenset(each["training_id"] for each in row["candidates"]),
        )
        for row in pairs
    ]
    found = rank(offers, trainings, _reference(), top=50)
    ranks = [
        _first_right([each.training_id for each in matches], row) for row, matches in zip(pairs, found, strict=True)
    ]
    return _precision_and_mrr(ranks)


def calibration_error(points: Iterable[tuple[float, bool]]) -> float:
    """Mean distance between score and share of right answers, over ten bins, weighed by their counts."""
    scores, truths = (np.array(part, dtype=float) for part in zip(*points, strict=True))
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        abs(scores[bins == at].mean() - truths[bins == at].mean()) * (bins == at).mean() for at in set(bins.tolist())
    ]
    return float(sum(gaps))


def worst_confusions(answers: Answers, count: int = 30) -> list[str]:
    """The most frequent wrong first answers, with a title of each."""
    wrong = [
        (row["rome_v3"], found[0].code, row["title"])
        for row, found in answers.titles
        if found and found[0].code not in row["rome_v3_all"]
    ]
    labels = data.official().labels
    lines = []
    for (right, told), times in data.most_common([(right, told) for right, told, _ in wrong], count):
        title = next(title for one, other, title in wrong if (one, other) == (right, told))
        lines.append(f"{times} × {right} {labels.get(right, '')} → {told} {labels.get(told, '')} : {title}")
    return lines


def _asked_titles() -> list[data.Row]:
    return [row for row in data.rows("eval/title2rome.jsonl") if row["balanced"] and row["direct"]]


def _answerable(*, only_direct: bool) -> list[data.Row]:
    pairs = data.rows("eval/offer2training.jsonl")
    return [
        row
        for row in pairs
        if any(each["grade"] == 2 for each in row["candidates"]) and (row["direct"] or not only_direct)
    ]


def _trainings(name: str) -> list[TrainingFacts]:
    return [
        TrainingFacts(
            id=row["id"],
            title=row["title"],
            rome_codes=tuple(row.get("rome_codes") or ()),
            entry_level=_ENTRY_LEVELS.get(row.get("entry_level") or ""),
        )
        for row in data.rows(name)
    ]


def _reference() -> Reference:
    official = data.official()
    return Reference(official.parents, official.near, official.labels)


def _skills() -> dict[str, tuple[str, ...]]:
    """The skills of the offers that list some."""
    return {
        offer["id"]: tuple(skill["libelle"] for skill in offer["competences"] if skill.get("libelle"))
        for offer in data.offers()
        if offer.get("competences")
    }


def _hits(found: Sequence[Prediction], right: set[str]) -> tuple[bool, bool]:
    codes = [each.code for each in found[:5]]
    return bool(codes) and codes[0] in right, bool(right & set(codes))


def _firsts(answers: Iterable[tuple[data.Row, list[Prediction]]]) -> list[tuple[float, bool]]:
    return [(found[0].score, found[0].code in row["rome_v3_all"]) for row, found in answers if found]


def _all(answers: Iterable[tuple[data.Row, list[Prediction]]]) -> list[tuple[float, bool]]:
    return [(each.score, each.code in row["rome_v3_all"]) for row, found in answers for each in found]


def _share(hits: Sequence[tuple[bool, bool]], which: int) -> str:
    return f"{np.mean([hit[which] for hit in hits]):.3f}"


def _shares(hits: Sequence[tuple[bool, bool]]) -> str:
    return f"{_share(hits, 0)} / {_share(hits, 1)}"


def _over(hits: Sequence[tuple[bool, bool]], which: int, plain: float) -> str:
    return f"×{float(np.mean([hit[which] for hit in hits])) / plain:.2f}"


def _interval(hits: Sequence[tuple[bool, bool]]) -> str:
    """Half widths of the 95 % intervals."""
    widths = [1.96 * float(np.std([hit[which] for hit in hits])) / len(hits) ** 0.5 for which in (0, 1)]
    return f"± {widths[0]:.3f} / {widths[1]:.3f} ({len(hits)})"


def _nearest_hits(
    close: "np.typing.NDArray[np.floating]", codes: Sequence[str], right: Sequence[set[str]]
) -> tuple[float, float]:
    hits = []
    for near, wanted in zip(close, right, strict=True):
        ordered = dict.fromkeys(codes[at] for at in np.argsort(-near, kind="stable")[:60])
        first = list(ordered)[:5]
        hits.append((first[0] in wanted, bool(wanted & set(first))))
    return float(np.mean([hit[0] for hit in hits])), float(np.mean([hit[1] for hit in hits]))


def _nearest_speed(asked: Sequence[str]) -> float:
    """Titles a second of the plain way: TF-IDF, all official titles, the nearest."""
    normals = [titles.normalise(title) for title, _ in data.official().titles]
    vocabulary = Vocabulary.learn(normals)
    known = vocabulary.rows(normals).T.tocsr()
    return len(asked) / _timed(
        lambda: (vocabulary.rows([titles.normalise(each) for each in asked]) @ known).toarray().argmax(axis=1)
    )


def _first_right(ordered: Sequence[str], row: data.Row) -> int | None:
    right = {each["training_id"] for each in row["candidates"] if each["grade"] == 2}
    return next((place for place, each in enumerate(ordered, start=1) if each in right), None)


def _precision_and_mrr(ranks: Sequence[int | None]) -> tuple[float, float]:
    return (
        float(np.mean([place == 1 for place in ranks])),
        float(np.mean([1 / place if place else 0.0 for place in ranks])),
    )


def _wall(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _timed(work: Callable[[], object]) -> float:
    """Seconds of processor, all threads together: the machine may have other work."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    print_table(rows(full="--full" in sys.argv))
    if "--confusions" in sys.argv:
        print(*worst_confusions(ask()), sep="\n")
