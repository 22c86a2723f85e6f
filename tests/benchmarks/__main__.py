"""`make bench`: every measure, as one table; a figure has its plain baseline, of the same run, beside it."""

import argparse
import importlib
import time

from tests.benchmarks.table import Row, print_table

MODULES = (
    "bench_offers",
    "bench_trainings",
    "bench_matching",
    "bench_pathways",
    "bench_search",
    "bench_pages",
    "bench_bookings",
    "bench_messages",
    "bench_prescribers",
    "bench_people",
    "bench_agreements",
    "bench_documents",
    "bench_service",
    "bench_lighthouse",
)


def main() -> None:
    """Runs the modules named on the command line, else all."""
    arguments = argparse.ArgumentParser(description="Mesures de Trait d’union.")
    arguments.add_argument("modules", nargs="*", default=MODULES)
    arguments.add_argument("--full", action="store_true", help="with the million rows")
    asked = arguments.parse_args()
    rows: list[Row] = []
    for name in asked.modules:
        started = time.perf_counter()
        rows += importlib.import_module(f"tests.benchmarks.{name}").rows(full=asked.full)
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    print_table(rows)


if __name__ == "__main__":
    main()
