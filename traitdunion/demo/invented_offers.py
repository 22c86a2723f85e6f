"""Invents the offers of the demonstration, in the JSON of France Travail's API: what is shown first, then later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from traitdunion.core.clock import PARIS
from traitdunion.demo import quirks
from traitdunion.demo.inventory import Inventory, Job
from traitdunion.demo.offer_writing import Offer, Writer, between, created_at, instant
from traitdunion.demo.places import Town

SEED = 400
SHOWN = 400
"""Offers on show at the second crawl, duplicates among them."""
DUPLICATES = 18
WITHDRAWN = 22
"""Shown at the first crawl only."""
UPDATED = 10
UNREADABLE = 3
"""Besides those on show: their title was lost, so that nothing can be shown of them."""
DAYS_BETWEEN = 3
"""From the first crawl to the second."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What the source shows at the first crawl, and at the second, three days later."""

    first: list[Offer]
    later: list[Offer]
    unreadable: list[Offer]
    """What comes with the second."""

    @property
    def gone(self) -> set[str]:
        """The offers that the source withdrew in between."""
        return {offer["id"] for offer in self.first} - {offer["id"] for offer in self.later}


def invent(inventory: Inventory, towns: Sequence[Town], labels: Mapping[str, str], *, today: date) -> Publication:
    """The same offers for the same arguments; the freshest is of the evening before `today`.

    `labels` are those of ROME codes: an offer names its occupation by them.
    """
    random = Random(SEED)  # noqa: S311 — chance that must be the same each time
    midnight = datetime.combine(today, time(), PARIS).astimezone(UTC)
    writer = Writer(random, inventory, towns, labels, midnight)
    originals = [writer.offer(job) for job in _drawn(random, inventory.jobs, SHOWN - DUPLICATES + WITHDRAWN)]
    cut = midnight - timedelta(days=DAYS_BETWEEN)
    old = [offer for offer in originals if created_at(offer) < cut - timedelta(days=1)]
    random.shuffle(old)
    gone = {offer["id"] for offer in old[:WITHDRAWN]}
    updated = old[WITHDRAWN : WITHDRAWN + UPDATED]
    named = [offer for offer in old[WITHDRAWN + UPDATED :] if offer["entreprise"].get("nom")]
    copied = named[:DUPLICATES]
    copies = [writer.copy(offer) for offer in copied]
    plain = {offer["id"] for offer in [*copied, *updated]} | gone
    quirks.spoil(random, [offer for offer in originals if offer["id"] not in plain], inventory.jobs, labels)
    before = {offer["id"]: {**offer, "salaire": {}, "dateActualisation": offer["dateCreation"]} for offer in updated}
    for offer in updated:
        offer["dateActualisation"] = instant(between(random, cut, midnight))
    lost: Offer = {"intitule": None, "appellationlibelle": None}
    unreadable = [{**writer.copy(offer), **lost} for offer in named[DUPLICATES : DUPLICATES + UNREADABLE]]
    everything = sorted([*originals, *copies], key=lambda offer: str(offer["dateCreation"]))
    return Publication(
        first=[before.get(offer["id"], offer) for offer in everything if created_at(offer) < cut],
        later=[offer for offer in everything if offer["id"] not in gone],
        unreadable=unreadable,
    )


def _drawn(random: Random, jobs: Sequence[Job], count: int) -> list[Job]:
    """Each job at least twice, then by weight."""
    drawn = [*jobs, *jobs]
    drawn += random.choices(jobs, [job.weight for job in jobs], k=count - len(drawn))
    random.shuffle(drawn)
    return drawn
