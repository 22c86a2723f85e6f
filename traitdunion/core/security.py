"""The headers of every page, and the forgery check of every unsafe method."""

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

# No 'unsafe-inline', no 'unsafe-eval', no other host: a page that needs map tiles adds their host itself.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap's stylesheet carries small images
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TWO_YEARS = 63_072_000  # seconds; what the preload lists of browsers ask for


def init_app(app: Flask) -> None:
    """Protects the whole application."""
    CSRFProtect(app)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="session",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a text that takes two hours to write is not lost
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
    )
    app.after_request(_add_headers)


def allow_images(host: str) -> None:
    """Lets the page that is being answered show images of a host as well: "https://data.geopf.fr"."""
    g.image_host = host


def _policy(image_host: str | None) -> str:
    images = f"{_POLICY['img-src']} {image_host}" if image_host else _POLICY["img-src"]
    return "; ".join(f"{directive} {value}" for directive, value in {**_POLICY, "img-src": images}.items())


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _policy(g.get("image_host")))
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
    return response
