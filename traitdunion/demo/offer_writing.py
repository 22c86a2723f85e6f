"""Writes invented offers one by one, in the JSON of France Travail's API, before anything happens to them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from traitdunion.demo import descriptions, places
from traitdunion.demo.inventory import EmployerKind, Inventory, Job
from traitdunion.demo.places import Town
from traitdunion.matching import titles

Offer = dict[str, Any]  # as the API writes it

_HIDDEN = 0.18
"""Share of the employers that hide their name."""
_DIRECT = 0.65
"""Share of the offers that come from no partner."""
_APPRENTICESHIPS = 0.3
"""Share of the fixed-term contracts, where a diploma is asked that apprentices prepare."""
_APPRENTICES_LEVELS = {"CAP", "BAC", "BAC+2"}
_APPRENTICESHIP = "apprenticeship"  # a fixed-term contract of its own
_OLDEST_DAYS = 60
_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"
_HOURS_A_MONTH = 151.67


class Writer:
    """Writes offers one by one; an employer keeps its town and its presentation."""

    def __init__(
        self,
        random: Random,
        inventory: Inventory,
        towns: Sequence[Town],
        labels: Mapping[str, str],
        midnight: datetime,
    ) -> None:
        self._random, self._inventory, self._towns = random, inventory, towns
        self._labels, self._midnight = labels, midnight
        self._ids: set[str] = set()
        self._employers = {
            name: list(_employers(random, inventory, kind, towns)) for name, kind in inventory.kinds.items()
        }
        self._hired: set[tuple[str, str]] = set()

    def offer(self, job: Job) -> Offer:
        """An offer for the job, without quirk."""
        random = self._random
        contract = random.choice(job.contracts.split())
        kind_name = "agency" if contract == "MIS" else random.choice(job.employers)
        kind = self._inventory.kinds[kind_name]
        company, town = self._employer(job, kind_name)
        if kind_name == "agency":
            town = places.draw(random, self._towns)  # where its client is
        named = company if random.random() > _HIDDEN else None
        text = descriptions.write(
            random, self._inventory.phrases, job, town=town, kind=kind, client=self._client(job), company=named
        )
        is_direct = random.random() < _DIRECT
        number = self._id(is_direct=is_direct)
        if contract == "CDD" and job.level in _APPRENTICES_LEVELS and random.random() < _APPRENTICESHIPS:
            contract = _APPRENTICESHIP
        return {
            "id": number,
            "intitule": self._title(job, town, contract),
            "description": text,
            **self._dates(),
            "lieuTravail": self._place(town),
            **self._occupation(job),
            "entreprise": {"nom": named, "entrepriseAdaptee": False} if named else {"entrepriseAdaptee": False},
            **_contract(random, contract),
            **self._asked(job),
            "salaire": self._salary(job, contract),
            **self._details(job),
            "codeNAF": kind.naf,
            "secteurActivite": kind.naf[:2],
            "secteurActiviteLibelle": kind.sector,
            **(self._contact(named) if is_direct and named else {}),
            "origineOffre": self._origin(number, is_direct=is_direct),
        }

    def copy(self, offer: Offer) -> Offer:
        """The same offer as another site gives it: another number, nearly the same title, a day later."""
        number = self._id(is_direct=False)
        created = min(created_at(offer) + timedelta(hours=self._random.randint(5, 40)), self._midnight)
        return {
            **offer,
            "id": number,
            "intitule": self._random.choice(["{} F/H", "{} H/F", "{} (F/H)", "{} - poste à pourvoir"]).format(
                bare_title(offer)
            ),
            "dateCreation": instant(created),
            "dateActualisation": instant(created),
            "origineOffre": self._origin(number, is_direct=False),
        }

    def _employer(self, job: Job, kind: str) -> tuple[str, Town]:
        """One that does not recruit for this job yet, while there is one: two such offers would be taken for one."""
        employers = self._employers[kind]
        free = [employer for employer in employers if (employer[0], job.job_title) not in self._hired]
        chosen = self._random.choice(free or employers)
        self._hired.add((chosen[0], job.job_title))
        return chosen

    def _client(self, job: Job) -> str:
        kinds = [kind for kind in job.employers if kind != "agency"]
        return self._inventory.kinds[self._random.choice(kinds)].client

    def _dates(self) -> dict[str, str]:
        """Published within two months, the later the likelier, and shown again since."""
        random = self._random
        created = between(random, self._midnight - timedelta(days=_OLDEST_DAYS * random.random()), self._midnight)
        return {
            "dateCreation": instant(created),
            "dateActualisation": instant(between(random, created, self._midnight)),
        }

    def _title(self, job: Job, town: Town, contract: str) -> str:
        if contract == _APPRENTICESHIP:
            return f"{job.job_title} en alternance"
        title = self._random.choice(job.titles)
        suffixes = [
            " (H/F)",
            " H/F",
            " F/H",
            "",
            f" - {town.name} (H/F)",
            " - CDI H/F" if contract == "CDI" else " H/F",
        ]
        if "/" in title.replace("H/F", "") and self._random.random() < 0.4:
            return title
        return title + ("" if "H/F" in title else self._random.choices(suffixes, [50, 20, 8, 8, 6, 4])[0])

    def _place(self, town: Town) -> dict[str, Any]:
        random = self._random
        name = town.name if random.random() < 0.6 else titles.fold(town.name).upper()
        return {
            "libelle": f"{town.department} - {name}",
            "latitude": round(town.latitude + random.gauss(0, 0.004), 6),
            "longitude": round(town.longitude + random.gauss(0, 0.006), 6),
            "codePostal": random.choice(town.postcodes),
            "commune": town.code,
        }

    def _occupation(self, job: Job) -> dict[str, str]:
        """The code in ROME 4, or now and then the one that ROME 3 had."""
        code, label = job.rome, self._labels.get(job.rome, job.job_title)
        if job.rome_v3 and job.rome_v3_label and self._random.random() < 0.4:
            code, label = job.rome_v3, job.rome_v3_label
        return {"romeCode": code, "romeLibelle": label, "appellationlibelle": job.job_title}

    def _details(self, job: Job) -> dict[str, Any]:
        random = self._random
        hours = random.choice(job.family.hours)
        qualities = random.sample(self._inventory.phrases.qualities, 2)
        return {
            "dureeTravailLibelle": hours,
            "dureeTravailLibelleConverti": "Temps plein" if int(hours[:2]) >= 35 else "Temps partiel",
            "competences": [{"libelle": skill, "exigence": random.choice("ES")} for skill in job.skills],
            "qualitesProfessionnelles": [{"libelle": quality} for quality in qualities],
            "nombrePostes": random.choices([1, 2, 3, 5], [20, 3, 1, 1])[0],
            "accessibleTH": random.random() < 0.2,
            "offresManqueCandidats": random.random() < 0.25,
        }

    def _asked(self, job: Job) -> dict[str, Any]:
        """Experience, diploma and driving licence."""
        random = self._random
        experience: dict[str, Any] = random.choices(
            [
                {"experienceExige": "D", "experienceLibelle": "Débutant accepté"},
                {"experienceExige": "E", "experienceLibelle": "1 An(s)"},
                {"experienceExige": "E", "experienceLibelle": "Expérience exigée de 2 An(s)"},
                {"experienceExige": "S", "experienceLibelle": "Expérience souhaitée"},
            ],
            [11, 4, 3, 2],
        )[0]
        level = self._inventory.phrases.levels[job.level]
        exigence = random.choices(["E", "S", ""], [5, 3, 2])[0]
        if exigence:
            experience["formations"] = [{"niveauLibelle": level, "exigence": exigence}]
        if job.licence:
            experience["permis"] = [{"libelle": "B - Véhicule léger", "exigence": random.choice("ES")}]
        return experience

    def _salary(self, job: Job, contract: str) -> dict[str, Any]:
        random = self._random
        if contract == _APPRENTICESHIP:
            return {"commentaire": "Selon âge et année d'apprentissage"}
        least = round(job.pay[0] + random.random() * 0.3 * (job.pay[1] - job.pay[0]), -1)
        most = round(least + random.random() * (job.pay[1] - least), -1)
        most = max(most, least + 20)
        hourly = f"Horaire de {least / _HOURS_A_MONTH:.2f} Euros à {most / _HOURS_A_MONTH:.2f} Euros"
        told: list[dict[str, Any]] = [
            {"libelle": f"Mensuel de {least} Euros à {most} Euros sur 12.0 mois"},
            {"libelle": f"Mensuel de {least} Euros sur 12.0 mois", "complement1": "Titres restaurant"},
            {"libelle": f"{hourly} sur 12.0 mois"},
            {"libelle": f"Annuel de {least * 12} Euros à {most * 12} Euros sur 13.0 mois"},
            {"commentaire": random.choice(["Selon profil", "Selon expérience", "Selon convention collective"])},
            {},
        ]
        return random.choices(told, [6, 4, 5, 3, 3, 3])[0]

    def _contact(self, company: str) -> dict[str, Any]:
        """Now and then somebody to write to or to call, at addresses and numbers that are nobody's."""
        random = self._random
        name = f"{company} - {random.choice(['Mme', 'M.'])} {random.choice('ABCDEFJLMNPS')}. " + random.choice(
            self._inventory.names
        )
        slug = re.sub(r"[^a-z]+", "-", titles.fold(company)).strip("-")
        told: list[dict[str, Any]] = [
            {},
            {"contact": {"nom": name, "courriel": f"recrutement@{slug}.example.org"}},
            {"contact": {"nom": name, "telephone": f"01 99 00 {random.randint(10, 99)} {random.randint(10, 99)}"}},
            {"contact": {"nom": name, "telephone": f"06 39 98 {random.randint(10, 99)} {random.randint(10, 99)}"}},
        ]
        return random.choices(told, [6, 2, 1, 1])[0]

    def _origin(self, number: str, *, is_direct: bool) -> dict[str, Any]:
        address = f"https://offres.example.org/recherche/detail/{number}"
        if is_direct:
            return {"origine": "1", "urlOrigine": address}
        partner = self._random.choice(self._inventory.phrases.partners)
        given = {"nom": partner, "url": f"https://{partner.lower()}.example.org/annonce/{number}"}
        return {"origine": "2", "urlOrigine": address, "partenaires": [given]}

    def _id(self, *, is_direct: bool) -> str:
        """Three figures and four letters for the source's own offers, seven figures for those of its partners."""
        random = self._random
        while True:
            found = (
                f"{random.randint(200, 229)}{''.join(random.choices(_LETTERS, k=4))}"
                if is_direct
                else str(random.randint(1_000_000, 9_999_999))
            )
            if found not in self._ids:
                self._ids.add(found)
                return found


def _contract(random: Random, code: str) -> dict[str, Any]:
    months = random.choice([1, 2, 3, 6, 6, 8, 12])
    label = {
        "CDI": random.choice(["CDI", "Contrat à durée indéterminée"]),
        "CDD": f"CDD - {months} Mois",
        "MIS": f"Intérim - {months} Mois",
        "SAI": f"Saisonnier - {min(months, 6)} Mois",
        _APPRENTICESHIP: "CDD - 24 Mois",
    }[code]
    is_apprenticeship = code == _APPRENTICESHIP
    return {
        "typeContrat": "CDD" if is_apprenticeship else code,
        "typeContratLibelle": label,
        "natureContrat": "Contrat apprentissage" if is_apprenticeship else "Contrat travail",
        "alternance": is_apprenticeship,
    }


def _employers(
    random: Random, inventory: Inventory, kind: EmployerKind, towns: Sequence[Town]
) -> Iterable[tuple[str, Town]]:
    """Ten employers of a kind, each in its town."""
    for at, name in enumerate(random.sample(inventory.names, 10)):
        yield kind.names[at % len(kind.names)].format(name), places.draw(random, towns)


def bare_title(offer: Offer) -> str:
    """Its title without "(H/F)" at the end."""
    return re.sub(r"(?: \(?[HF]/[HF]\)?)+$", "", offer["intitule"])


def between(random: Random, since: datetime, until: datetime) -> datetime:
    """An instant by chance."""
    return since + (until - since) * random.random()


def created_at(offer: Offer) -> datetime:
    """When it was published, in UTC."""
    return datetime.fromisoformat(offer["dateCreation"])


def instant(moment: datetime) -> str:
    """As the API writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
