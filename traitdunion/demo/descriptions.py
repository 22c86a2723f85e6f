"""Writes the text of an offer as employers do: with headings and bullets, in sentences, or in three lines."""

from collections.abc import Callable, Sequence
from random import Random

from traitdunion.demo import places
from traitdunion.demo.inventory import EmployerKind, Job, Phrases
from traitdunion.demo.places import Town
from traitdunion.matching import titles

Layout = Callable[[Random, Phrases, Job, str], str]


def write(
    random: Random, phrases: Phrases, job: Job, *, town: Town, kind: EmployerKind, client: str, company: str | None
) -> str:
    """The description; `client` is for whom an agency recruits, `company` None when the employer hides its name."""
    at = places.at(town.name)
    if company is None:
        opening = random.choice(phrases.anonymous_openings).format(client=client, person=job.person, at=at)
    else:
        presentation = random.choice(kind.presentations).format(company=company, client=client)
        opening = f"{presentation}\n{random.choice(phrases.openings).format(person=job.person, at=at)}"
    layout = random.choices(_LAYOUTS, _WEIGHTS)[0]
    return layout(random, phrases, job, opening)


def _listed(bullet: str) -> Layout:
    def layout(random: Random, phrases: Phrases, job: Job, opening: str) -> str:
        parts = [
            opening,
            _list(random.choice(phrases.missions_headings), _some(random, job.missions, 3), bullet),
            _list(random.choice(phrases.profile_headings), [_ask(random, job), *_profile(random, job)], bullet),
            _list(random.choice(phrases.conditions_headings), _conditions(random, job), bullet),
            random.choice(phrases.endings),
        ]
        return "\n\n".join(part for part in parts if part)

    return layout


def _in_sentences(random: Random, phrases: Phrases, job: Job, opening: str) -> str:
    missions = [mission[0].lower() + mission[1:] for mission in _some(random, job.missions, 3)]
    done = f"{', '.join(missions[:-1])} et {missions[-1]}"
    asked = " ".join([_ask(random, job), *_profile(random, job)])
    offered = " ".join(_conditions(random, job)[:2])
    parts = [opening, f"Au quotidien, vous aurez à {done}.", asked, f"{offered} {random.choice(phrases.endings)}"]
    return "\n".join(part.strip() for part in parts)


def _answered(random: Random, phrases: Phrases, job: Job, opening: str) -> str:
    """Questions that a candidate has, each answered."""
    first, *others = [mission[0].lower() + mission[1:] for mission in _some(random, job.missions, 3)]
    day = " ".join([f"Il s'agit d'abord {_of(first)}.", *(f"Il faut aussi {each}." for each in others)])
    hours = random.choice(job.family.hours).split("\n")
    parts = [
        f"Qui sommes-nous ?\n{opening}",
        f"À quoi ressemble une journée ?\n{day}",
        f"Avec quel bagage ?\n{_ask(random, job)} {_profile(random, job)[0]}",
        f"Et le rythme ?\n{'. '.join(hours)}. {_conditions(random, job)[0]}",
        random.choice(phrases.endings),
    ]
    return "\n\n".join(part for part in parts if part)


def _of(verb: str) -> str:
    """« de peser », « d'accueillir »."""
    return f"d'{verb}" if titles.fold(verb)[0] in "aeiouyh" else f"de {verb}"


def _short(random: Random, phrases: Phrases, job: Job, opening: str) -> str:
    lines = [f"{mission}." for mission in _some(random, job.missions, 2)]
    return "\n".join([opening, *lines, _ask(random, job), random.choice(phrases.endings)]).strip()


_LAYOUTS: Sequence[Layout] = (_listed("- "), _listed("* "), _listed("• "), _in_sentences, _answered, _short)
_WEIGHTS = (5, 3, 3, 3, 3, 2)


def _list(heading: str, lines: Sequence[str], bullet: str) -> str:
    return "\n".join([heading, *(f"{bullet}{line}" for line in lines)])


def _some(random: Random, lines: Sequence[str], least: int) -> list[str]:
    """At least so many of the lines, in their order."""
    count = random.randint(min(least, len(lines)), len(lines))
    kept = sorted(random.sample(range(len(lines)), count))
    return [lines[at] for at in kept]


def _ask(random: Random, job: Job) -> str:
    return random.choice(job.asks)


def _conditions(random: Random, job: Job) -> list[str]:
    return random.sample(job.family.conditions, random.randint(2, 3))


def _profile(random: Random, job: Job) -> list[str]:
    return _some(random, job.family.profiles, 1)[:2]
