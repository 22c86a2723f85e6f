"""A real OpenID provider, as a process of its own: `python -m tests.oidc_provider PORT`.

It speaks discovery, authorize (with PKCE), token, userinfo (signed or not), JWKS and logout, checks what it is asked as
strictly as the State's, and tells lies on demand: POST /control {"fault": …, "claims": {…}, "signs_userinfo": …}.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID = "trait-dunion"
CLIENT_SECRET = "a secret shared with nobody else"
CLAIMS = {
    "sub": "a1b2c3",
    "given_name": "Camille",
    "usual_name": "Martin",
    "email": "Camille.Martin@Exemple.fr",
    "email_verified": True,
}
FAULTS = (
    "nonce",
    "expired",
    "signature",
    "unsigned",
    "shared_secret",
    "audience",
    "issuer",
    "userinfo_signature",
    "userinfo_subject",
    "userinfo_audience",
    "userinfo_unsigned",
    "no_id_token",
    "code",
)
OUTAGES = ("discovery_500", "jwks_500", "token_500", "token_text", "userinfo_500")


class OidcProvider:
    """The provider at `issuer`; what was asked is in `asked`."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, auto_kid=True)
        self.stranger = RSAKey.generate_key(2048, {"kid": self.key.kid or ""})
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.claims: dict[str, Any] = dict(CLAIMS)
        self.fault, self.signs_userinfo = "", True

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answers = {
            "/control": self.control,
            "/.well-known/openid-configuration": self.discovery,
            "/authorize": self.authorize,
            "/token": self.token,
            "/userinfo": self.userinfo,
            "/jwks": self.jwks,
        }
        answer = answers.get(request.path, _missing)
        if self.fault == f"{request.path.strip('/').split('/')[0]}_500" or (
            self.fault == "discovery_500" and request.path.startswith("/.well-known")
        ):
            return Response("down for maintenance", 500)(environ, start_response)
        return answer(request)(environ, start_response)

    def control(self, request: Request) -> Response:
        """Sets what is said of the person, and the next lie."""
        told = request.get_json()
        self.claims = {**CLAIMS, **told.get("claims", {})}
        self.fault = told.get("fault", "")
        self.signs_userinfo = told.get("signs_userinfo", True)
        return Response(status=204)

    def discovery(self, _request: Request) -> Response:
        """Where things are."""
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def jwks(self, _request: Request) -> Response:
        """The public keys."""
        return _json(KeySet([self.key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        """Says yes at once (a person would have signed in), or no."""
        asked = {name: str(value) for name, value in request.args.items()}
        wanted = {"client_id": CLIENT_ID, "response_type": "code", "code_challenge_method": "S256"}
        right = all(asked.get(name) == value for name, value in wanted.items())
        long = all(len(asked.get(name, "")) >= 32 for name in ("state", "nonce", "code_challenge"))
        if not right or not long or "openid" not in asked.get("scope", "").split():
            return Response("invalid request", 400)
        answer = {"state": asked["state"], "iss": self.issuer}
        if self.fault == "access_denied":
            answer |= {"error": "access_denied", "error_description": "User cancelled"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = asked
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def token(self, request: Request) -> Response:
        """Tokens for a code, once, to the client that asked."""
        form = request.form
        asked = self.codes.pop(form.get("code", ""), None)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _json({"error": "invalid_client"}, 401)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or self.fault == "code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or request.args.get("realm") != asked.get("realm")
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        if self.fault == "token_text":
            return Response("<html>gateway</html>", content_type="text/html")
        access_token = secrets.token_urlsafe(16)
        self.tokens.add(access_token)
        answer = {"access_token": access_token, "token_type": "Bearer", "expires_in": 60}
        if self.fault != "no_id_token":
            answer["id_token"] = self._id_token(asked["nonce"])
        return _json(answer)

    def userinfo(self, request: Request) -> Response:
        """What is known of the person: a JWT as ProConnect's, or JSON."""
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _json({"error": "invalid_token"}, 401)
        claims = dict(self.claims)
        if self.fault == "userinfo_subject":
            claims["sub"] = "somebody else"
        if not self.signs_userinfo or self.fault == "userinfo_unsigned":
            return _json(claims)
        audience = "another-service" if self.fault == "userinfo_audience" else CLIENT_ID
        signed = self._signed(
            {**claims, "iss": self.issuer, "aud": audience}, is_forged=self.fault == "userinfo_signature"
        )
        return Response(signed, content_type="application/jwt")

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://elsewhere.example" if self.fault == "issuer" else self.issuer,
            "aud": "another-service" if self.fault == "audience" else CLIENT_ID,
            "sub": self.claims["sub"],
            "nonce": "another" if self.fault == "nonce" else nonce,
            "iat": now - 7_200 if self.fault == "expired" else now,
            "exp": now - 3_600 if self.fault == "expired" else now + 60,
        }
        if self.fault == "unsigned":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        if self.fault == "shared_secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        return self._signed(claims, is_forged=self.fault == "signature")

    def _signed(self, claims: dict[str, Any], *, is_forged: bool) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.stranger if is_forged else self.key)


def _missing(_request: Request) -> Response:
    return Response(status=404)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Says nothing."""


if __name__ == "__main__":
    port = int(sys.argv[1])
    make_server(
        "127.0.0.1", port, OidcProvider(f"http://127.0.0.1:{port}"), threaded=True, request_handler=_Silent
    ).serve_forever()
