"""Guards of the routes: each declares who may enter, and has a French address in kebab case with typed parameters."""

import re

from flask import Blueprint, Flask

from traitdunion.core import access

_PART = re.compile(r"\.?[a-z0-9]+(?:[-.][a-z0-9]+)*")
_PARAMETER = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


def silent(app: Flask) -> list[str]:
    """The routes whose view declares no access."""
    return [
        rule.rule for rule in app.url_map.iter_rules() if access.declared(app.view_functions[rule.endpoint]) is None
    ]


def badly_named(rule: str) -> list[str]:
    """The parts of an address that are neither kebab case nor a parameter (with or without an ending)."""
    parts = [part for part in rule.split("/") if part]
    return [part for part in parts if not _PART.fullmatch(_PARAMETER.sub("x", part))]


def untyped(rule: str) -> list[str]:
    """The parameters that end in `_id` without being whole numbers or UUIDs: any text would reach the database."""
    return [
        found["name"]
        for found in _PARAMETER.finditer(rule)
        if found["name"].endswith("_id") and found["converter"] not in {"int", "uuid"}
    ]


class TestAccess:
    def test_is_declared_by_every_route(self, app: Flask) -> None:
        assert not silent(app)

    def test_guard_sees_a_silent_route(self) -> None:
        app = Flask("silent", static_folder=None)
        blueprint = Blueprint("area", __name__)
        blueprint.add_url_rule("/silent", "silent", lambda: "")
        blueprint.add_url_rule("/aloud", "aloud", access.public(lambda: ""))
        app.register_blueprint(blueprint)

        assert silent(app) == ["/silent"]


class TestAddresses:
    def test_are_in_kebab_case(self, app: Flask) -> None:
        found = {rule.rule: badly_named(rule.rule) for rule in app.url_map.iter_rules()}

        assert not {rule: parts for rule, parts in found.items() if parts}
        assert badly_named("/mon-espace/<int:slot_id>/confirmer.html") == []
        assert badly_named("/monEspace/mes_offres") == ["monEspace", "mes_offres"]

    def test_have_typed_identifiers(self, app: Flask) -> None:
        found = {rule.rule: untyped(rule.rule) for rule in app.url_map.iter_rules()}

        assert not {rule: names for rule, names in found.items() if names}
        assert untyped("/offres/<offer_id>/<int:slot_id>/<key>") == ["offer_id"]
