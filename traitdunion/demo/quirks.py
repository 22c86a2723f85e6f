"""Spoils invented offers as real ones are (DESIGN section 7), each kind on so many of them, so that pages show it."""

from collections.abc import Callable, Mapping, Sequence
from html.entities import codepoint2name
from random import Random

from traitdunion.demo.inventory import Job
from traitdunion.demo.offer_writing import Offer, bare_title

MISCODED = 14
"""Offers whose ROME code contradicts their title."""


def spoil(random: Random, offers: Sequence[Offer], jobs: Sequence[Job], labels: Mapping[str, str]) -> None:
    """Changes the offers in place; none gets two faults. There must be more offers than faults."""
    left = list(offers)
    random.shuffle(left)
    for offer in left[:MISCODED]:
        _miscode(random, offer, jobs, labels)
    del left[:MISCODED]
    for fault, count in _FAULTS.items():
        for offer in left[:count]:
            fault(offer)
        del left[:count]


def _miscode(random: Random, offer: Offer, jobs: Sequence[Job], labels: Mapping[str, str]) -> None:
    """The occupation of a job of quite another kind."""
    # Codes of one sector begin with the same letter.
    job = random.choice([job for job in jobs if job.rome[0] != offer["romeCode"][0]])
    offer |= {
        "romeCode": job.rome,
        "romeLibelle": labels.get(job.rome, job.job_title),
        "appellationlibelle": job.job_title,
    }


def _swap_coordinates(offer: Offer) -> None:
    place = offer["lieuTravail"]
    place["latitude"], place["longitude"] = place["longitude"], place["latitude"]


def _lose_coordinates(offer: Offer) -> None:
    del offer["lieuTravail"]["latitude"], offer["lieuTravail"]["longitude"]


def _lose_commune(offer: Offer) -> None:
    del offer["lieuTravail"]["commune"]


def _keep_label_only(offer: Offer) -> None:
    offer["lieuTravail"] = {"libelle": offer["lieuTravail"]["libelle"]}


def _empty_lists(offer: Offer) -> None:
    # PHP on the way turns an empty object into an empty list.
    offer |= {"salaire": [], "agence": []}


def _double_suffix(offer: Offer) -> None:
    offer["intitule"] = f"{bare_title(offer)} (H/F) (H/F)"


def _shout(offer: Offer) -> None:
    offer["intitule"] = offer["intitule"].upper()


def _escape_entities(offer: Offer) -> None:
    escaped = (
        "&#39;" if sign == "'" else f"&{codepoint2name[ord(sign)]};" if 192 <= ord(sign) < 256 else sign
        for sign in offer["description"].replace("&", "&amp;")
    )
    offer["description"] = "".join(escaped)


def _mark_up(offer: Offer) -> None:
    lines = offer["description"].split("\n")
    offer["description"] = "".join(
        f"<li>{line.lstrip('-*• ')}</li>" if line.startswith(("- ", "* ", "• ")) else f"<p>{line}</p>" for line in lines
    )


def _lose_bullets(offer: Offer) -> None:
    bullets = ("- ", "* ", "• ")
    lines = (f"¿ {line[2:]}" if line.startswith(bullets) else line for line in offer["description"].split("\n"))
    offer["description"] = "\n".join(lines)


def _misread_encoding(offer: Offer) -> None:
    offer["description"] = "".join(map(_misread, offer["description"]))


def _misread(sign: str) -> str:
    """UTF-8 read as Windows-1252, which gives five octets no character: signs that have one stay."""
    octets = sign.encode()
    misread = octets.decode("cp1252", "ignore")
    return misread if len(misread) == len(octets) else sign


def _never_updated(offer: Offer) -> None:
    del offer["dateActualisation"]


_FAULTS: Mapping[Callable[[Offer], None], int] = {
    _swap_coordinates: 8,
    _lose_coordinates: 24,
    _lose_commune: 18,
    _keep_label_only: 8,
    _empty_lists: 24,
    _double_suffix: 8,
    _shout: 14,
    _escape_entities: 10,
    _mark_up: 12,
    _lose_bullets: 6,
    _misread_encoding: 5,
    _never_updated: 10,
}
