"""Absolute addresses of our pages, for messages: a job has no request, and a request's host may be a forger's."""

from typing import Any

from flask import current_app, has_request_context, request

from traitdunion.territories import territories


def absolute(path: str) -> str:
    """The address of a path of ours (`/offres/3`)."""
    return f"{origin()}{path}"


def link(endpoint: str, **values: Any) -> str:
    """The address of a page, as `url_for` would say it, with or without a request."""
    return absolute(current_app.url_map.bind("localhost").build(endpoint, values))


def origin() -> str:
    """Scheme and host, without a final slash.

    The request's host is believed when a territory names it: whoever sends « Host: forger.example » along with
    somebody's address must not make us send a link to the forger. Else PUBLIC_URL, compulsory with SMTP_URL.
    """
    if has_request_context() and territories.by_host(request.host):
        return request.host_url.rstrip("/")
    if current_app.config["PUBLIC_URL"]:
        return str(current_app.config["PUBLIC_URL"]).rstrip("/")
    if hosts := territories.current().hosts:
        return f"https://{hosts[0]}"
    if has_request_context():
        return request.host_url.rstrip("/")  # nothing leaves this machine: there is no relay
    return f"http://127.0.0.1:{current_app.config['PORT']}"
