"""The OpenID providers that this deployment has: each by three settings, and a button only then."""

from urllib.parse import urlsplit

from flask import Flask, current_app

from traitdunion.clients.openid import OpenId, Provider
from traitdunion.core.errors import Refused
from traitdunion.notifications import links

_KNOWN = {
    "proconnect": {
        "name": "ProConnect",
        "scope": "openid given_name usual_name email",
        "signs_userinfo": True,
    },
    "franceconnect": {
        "name": "FranceConnect",
        "scope": "openid given_name family_name birthdate email",
        "signs_userinfo": True,
        "parameters": {"acr_values": "eidas1"},  # compulsory there; the lowest is enough to book a visit
    },
    "france-travail": {
        "name": "France Travail Connect",
        "scope": "api_peconnect-individuv1 openid profile email",
        "signs_userinfo": False,
        "realm": "/individu",
    },
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsIncomplete(Refused):
    """A provider's settings do not go together."""


def init_app(app: Flask) -> None:
    """Reads the settings; raises SettingsIncomplete when a provider has some of its three and not the others."""
    found = (_configured(app, key) for key in _KNOWN)
    app.extensions["openid"] = {provider.key: provider for provider in found if provider}
    app.jinja_env.globals["sign_in_providers"] = lambda: list(current_app.extensions["openid"].values())


def get(key: str) -> Provider | None:
    """The provider, or None when this deployment does not have it."""
    found: Provider | None = current_app.extensions["openid"].get(key)
    return found


def client(provider: Provider) -> OpenId:
    """A client that sends people back to this site."""
    return OpenId(provider, redirect_uri=links.link("accounts.come_back", key=provider.key))


def _configured(app: Flask, key: str) -> Provider | None:
    prefix = f"OIDC_{key.replace('-', '_').upper()}"
    issuer, client_id, secret = (app.config[f"{prefix}_{name}"] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"))
    if not (issuer or client_id or secret):
        return None
    if not (issuer and client_id and secret):
        raise SettingsIncomplete(f"{prefix}_ISSUER, {prefix}_CLIENT_ID et {prefix}_CLIENT_SECRET vont ensemble.")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise SettingsIncomplete(f"{prefix}_ISSUER doit commencer par https://.")
    return Provider(key=key, issuer=issuer, client_id=client_id, client_secret=secret, **_KNOWN[key])  # type: ignore[arg-type]
