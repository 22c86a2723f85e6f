"""Makes static/icons.svg, the icons that templates use, out of the sprite in the wheel of bootstrap-flask.

A template says `icon("geo-alt")`; this script reads the names from there. Bootstrap Icons are under the MIT licence.
Run from the repository's root: `.venv/bin/python scripts/make_icons.py`. With `--check` nothing is written: exit
status 1, and the difference, when the file is not what the templates use.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]*)" id="([^"]*)">(.*?)</symbol>', re.DOTALL)
_OPENING = '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Bootstrap Icons, MIT: scripts/make_icons.py -->\n'


def used(templates: Path) -> set[str]:
    """The names that templates give to the macro `icon`."""
    found: set[str] = set()
    for path in templates.rglob("*.html"):
        for call in Environment().parse(path.read_text()).find_all(nodes.Call):  # noqa: S701 — nothing is rendered
            if isinstance(call.node, nodes.Name) and call.node.name == "icon":
                found.update(_names(call.args[0], path))
    return found


def _names(expression: nodes.Expr, path: Path) -> Iterator[str]:
    """The name written out, or both of « one if condition else other »."""
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, nodes.CondExpr) and expression.expr2 is not None:
        yield from _names(expression.expr1, path)
        yield from _names(expression.expr2, path)
    else:
        sys.exit(f"{path}, line {expression.lineno}: the name of an icon is written out, so that it can be found")


def sprite(names: set[str]) -> str:
    """The symbols of these names, in their order."""
    text = files("flask_bootstrap").joinpath("static/bootstrap5/icons/bootstrap-icons.svg").read_text(encoding="utf-8")
    symbols = {
        name: f'<symbol id="{name}" viewBox="{box}">{drawn}</symbol>' for box, name, drawn in _SYMBOL.findall(text)
    }
    if unknown := sorted(names - symbols.keys()):
        sys.exit(f"Bootstrap Icons has no {', '.join(unknown)}")
    return _OPENING + "".join(f"{symbols[name]}\n" for name in sorted(names)) + "</svg>\n"


def main() -> None:
    """Writes the sprite, or checks it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--templates", type=Path, default=ROOT / "templates")
    asked = parser.parse_args()
    names = used(asked.templates)
    wanted = sprite(names)
    if not asked.check:
        TARGET.write_text(wanted)
        print(f"{TARGET.name}: {len(names)} icons, {len(wanted)} bytes")
    elif (there := set(re.findall(r'<symbol id="([^"]*)"', TARGET.read_text()))) != names:
        sys.exit(f"run scripts/make_icons.py: missing {sorted(names - there)}, unused {sorted(there - names)}")


if __name__ == "__main__":
    main()
