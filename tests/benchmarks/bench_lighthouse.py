"""What Lighthouse says of the pages people land on, as on a phone with a slow network; needs npx and a Chromium.

On offers that are not marked as fictitious: those of the demonstration are kept from search engines, on purpose.
Lighthouse comes from npm, through npx, and is kept nowhere in the repository.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests import factories as make
from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from traitdunion.core import clock, db
from traitdunion.demo.serving import serve

_VERSION = "13"
_SECONDS = 180
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def rows(*, full: bool = False) -> list[Row]:
    """One row a page; one that says why there is no figure where there can be none."""
    npx, browser = shutil.which("npx"), next(filter(None, map(shutil.which, _BROWSERS)), None)
    if npx is None or browser is None:
        missing = "npx" if npx is None else "Chromium"
        return [Row("Lighthouse (mobile)", f"not measured: no {missing} on this machine", asked="≥ 95 each")]
    with scratch.application() as app, serve(app) as address:
        with db.transaction() as session:
            offer = _fill(session)
        return [_measured(npx, browser, address, path) for path in ("/", "/offres", f"/offres/{offer}")]


def _measured(npx: str, browser: str, address: str, path: str) -> Row:
    what = f"Lighthouse (mobile), {'/offres/<id>' if path.count('/') > 1 else path}"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(npx, "--yes", f"lighthouse@{_VERSION}", f"{address}{path}", "--quiet", "--output=json"),
            *(f"--output-path={report}", f"--only-categories={','.join(_CATEGORIES)}", f"--chrome-flags={_FLAGS}"),
        ]
        try:
            subprocess.run(
                command, check=True, capture_output=True, timeout=_SECONDS, env={**os.environ, "CHROME_PATH": browser}
            )
            found = json.loads(report.read_bytes())
        except (subprocess.SubprocessError, OSError) as error:
            return Row(what, f"not measured: {type(error).__name__}", asked="≥ 95 each")
    return Row(what, _scores(found), asked="≥ 95 each")


def _scores(report: Mapping[str, Any]) -> str:
    scores = ", ".join(f"{name} {round(100 * report['categories'][name]['score'])}" for name in _CATEGORIES)
    weight = report["audits"]["total-byte-weight"]["numericValue"] / 1024
    requests = len(report["audits"]["network-requests"]["details"]["items"])
    return f"{scores}; {weight:.0f} KiB in {requests} requests"


def _fill(session: Session) -> int:
    make.commune(session)
    make.occupation(session)
    make.source(session)
    training = make.training(session, organisation=make.organisation(session), entry_level=0, exit_level=3)
    make.training_session(session, make.action(session, training), today=clock.today())
    for number in range(60):
        offer = make.offer(
            session,
            company_name=f"Fournil n° {number}",
            contract_type="CDI",
            level=3,
            description="Vos missions :\n- peser les farines\n- pétrir\n- cuire\n\nUn dimanche sur deux." * 3,
            url=f"https://exemple.fr/offres/{number}",
        )
        if number == 0:
            make.match(session, offer, training, reasons=[make.reason("same_occupation", codes=["D1102"])])
    return offer.id


if __name__ == "__main__":
    print_table(rows())
