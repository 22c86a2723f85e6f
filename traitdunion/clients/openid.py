"""An OpenID Connect provider (ProConnect, FranceConnect, France Travail Connect), over Authlib.

Authorization code with PKCE; the ID token and, where the provider signs it, the answer of userinfo are verified with
the provider's published keys. Follows OpenID Connect Core 1.0 (sections 3.1 and 5.3), Discovery 1.0, RP-Initiated
Logout 1.0, RFC 7636 and RFC 9207; and the documentations, read on 2026-11-21, of ProConnect (userinfo is a JWT) and
of France Travail (a realm in both addresses). Tried against none of the three: it takes an agreement with each.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from traitdunion.clients.http import Bearer, Caller, Patience, Rejected, Unavailable, read_json

__all__ = ["Claims", "OpenId", "Provider", "Rejected", "Unavailable"]

WHILE_WAITED_FOR = Patience(connect=3.0, read=8.0, attempts=2, first_backoff=0.2, longest_wait=2.0)
# Signatures by a key of the provider's own: never `none`, nor the secret that we share with it.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY = 60  # seconds between the provider's clock and ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whom people may sign in with."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    signs_userinfo: bool
    """Whether an unsigned userinfo is refused."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What it wants in the request besides the standard's."""
    realm: str | None = None
    """What France Travail wants in the address of both endpoints, besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the provider says of somebody."""

    subject: str
    email: str | None
    is_email_verified: bool
    given_name: str
    family_name: str
    birth_date: date | None
    id_token: str
    """To be given back when leaving."""


class OpenId:
    """A client of one provider, which sends people back to `redirect_uri`."""

    def __init__(self, provider: Provider, *, redirect_uri: str, patience: Patience = WHILE_WAITED_FOR) -> None:
        self._provider, self._redirect_uri, self._patience = provider, redirect_uri, patience

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the person's browser. Raises Unavailable, Rejected."""
        with self._caller() as caller:
            metadata = self._discover(caller)
        url, _state = self._session(metadata).create_authorization_url(
            metadata["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            **self._provider.parameters,
            **({"realm": self._provider.realm} if self._provider.realm else {}),
        )
        return str(url)

    def claims(self, *, code: str, nonce: str, verifier: str) -> Claims:
        """What the provider says of whoever came back with the code. Raises Unavailable, or Rejected for a lie."""
        with self._caller() as caller:
            metadata = self._discover(caller)
            keys = caller.call("keys", "GET", metadata["jwks_uri"], read=_read_keys)
            token = self._fetch_token(metadata, code, verifier)
            identity = self._verified(str(token.get("id_token", "")), keys)
            self._check(identity, nonce=nonce, access_token=str(token.get("access_token", "")))
            told = self._userinfo(caller, metadata, str(token["access_token"]), keys)
        if not hmac.compare_digest(str(told.get("sub", "")), str(identity.claims["sub"])):
            raise self._rejected("userinfo parle de quelqu’un d’autre")  # Core, section 5.3.2
        return Claims(
            subject=str(told["sub"]),
            email=_text(told, "email") or None,
            is_email_verified=told.get("email_verified") is True,
            given_name=_text(told, "given_name"),
            # ProConnect's word, then the standard's.
            family_name=_text(told, "usual_name") or _text(told, "family_name"),
            birth_date=_day(_text(told, "birthdate")),
            id_token=str(token["id_token"]),
        )

    def end_address(self, *, id_token: str, back: str, state: str) -> str | None:
        """Where a browser leaves the provider's own session, then comes `back`; None when it has no such page."""
        with self._caller() as caller:
            metadata = self._discover(caller)
        endpoint = metadata.get("end_session_endpoint")
        if not endpoint:
            return None
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def _caller(self) -> Caller:
        return Caller(self._provider.name, patience=self._patience)

    def _discover(self, caller: Caller) -> dict[str, str]:
        issuer = self._provider.issuer.rstrip("/")
        found: dict[str, Any] = caller.call(
            "discovery", "GET", f"{issuer}/.well-known/openid-configuration", read=_read_object
        )
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise self._rejected("son document de découverte est celui d’un autre")
        for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str):
                raise self._rejected(f"son document de découverte ne dit pas {name}")
        return found

    def _session(self, metadata: Mapping[str, Any]) -> OAuth2Session:
        accepted = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return OAuth2Session(
            self._provider.client_id,
            self._provider.client_secret,
            scope=self._provider.scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=next(
                (one for one in ("client_secret_post", "client_secret_basic") if one in accepted), "client_secret_basic"
            ),
            default_timeout=(self._patience.connect, self._patience.read),
        )

    def _fetch_token(self, metadata: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        # Once: a code is used up by the first call.
        try:
            with self._session(metadata) as session:
                token: dict[str, Any] = session.fetch_token(
                    self._with_realm(metadata["token_endpoint"]),
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
        except AuthlibBaseError as error:
            raise self._rejected(f"le code est refusé ({error.error})") from None
        except (requests.RequestException, ValueError):
            raise Unavailable(f"{self._provider.name} ne répond pas.") from None
        if not token.get("access_token") or not token.get("id_token"):
            raise self._rejected("il manque un jeton")
        return token

    def _with_realm(self, endpoint: str) -> str:
        if not self._provider.realm or "realm=" in endpoint:
            return endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode({'realm': self._provider.realm})}"

    def _verified(self, token: str, keys: KeySet) -> jwt.Token:
        try:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            raise self._rejected("une signature n’est pas la sienne") from None

    def _check(self, identity: jwt.Token, *, nonce: str, access_token: str) -> None:
        provider = self._provider
        if not self._is_issuer(identity.claims):
            raise self._rejected("le jeton d’identité est d’un autre")
        options = {
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
        try:
            CodeIDToken(identity.claims, identity.header, options, params).validate(leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            raise self._rejected(f"le jeton d’identité n’est pas valable ({type(error).__name__})") from None

    def _userinfo(self, caller: Caller, metadata: Mapping[str, Any], access_token: str, keys: KeySet) -> dict[str, Any]:
        response = caller.call("userinfo", "GET", metadata["userinfo_endpoint"], auth=Bearer(access_token), read=_whole)
        if response.headers.get("Content-Type", "").startswith("application/jwt"):
            claims = self._verified(response.text.strip(), keys).claims
            audience = claims.get("aud")
            audiences = audience if isinstance(audience, list) else [audience]
            if not self._is_issuer(claims) or self._provider.client_id not in audiences:
                raise self._rejected("userinfo n’est pas pour nous")
            return claims
        if self._provider.signs_userinfo:
            raise self._rejected("userinfo n’est pas signé")
        try:
            return _read_object(response)
        except ValueError:
            raise self._rejected("userinfo est illisible") from None

    def _is_issuer(self, claims: Mapping[str, Any]) -> bool:
        return str(claims.get("iss", "")).rstrip("/") == self._provider.issuer.rstrip("/")

    def _rejected(self, why: str) -> Rejected:
        return Rejected(f"{self._provider.name}\u00a0: {why}.", status=200)


def _whole(response: requests.Response) -> requests.Response:
    return response


def _read_object(response: requests.Response) -> dict[str, Any]:
    found = read_json(response)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _read_keys(response: requests.Response) -> KeySet:
    try:
        return KeySet.import_key_set(_read_object(response))  # type: ignore[arg-type]
    except (JoseError, KeyError, TypeError) as error:
        raise ValueError("not a key set") from error


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    return found.strip()[:200] if isinstance(found, str) else ""


def _day(text: str) -> date | None:
    # FranceConnect gives "1999-00-00" to those who were born nobody knows when.
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
