"""A territory's colours as a stylesheet: the pages' policy refuses inline styles."""

import hashlib

from traitdunion.territories.territory import Territory


def stylesheet(territory: Territory) -> str:
    """CSS variables, which static/theme.css uses."""
    return (
        f":root {{\n  --territory-brand: {territory.colours.brand};\n"
        f"  --territory-accent: {territory.colours.accent};\n}}\n"
    )


def version(territory: Territory) -> str:
    """Changes with the stylesheet, so that its address can be kept for a year."""
    return hashlib.sha256(stylesheet(territory).encode()).hexdigest()[:12]
