"""What runs beside the site where the demonstration is loaded: the fake register of companies.

The SIRET that visitors type there, most of them invented, are no business of the real one.
"""

import os
from collections.abc import Callable

from flask import Flask, current_app
from werkzeug.serving import BaseWSGIServer

from traitdunion.core import db, service
from traitdunion.demo import loading, registrable, serving
from traitdunion.demo.company_register import FakeCompanyRegister
from traitdunion.demo.loading import State

_LOOPBACK = "127.0.0.1"


def init_app(app: Flask) -> None:
    """Has the service start the register with the site."""
    service.beside(app, "register", prepare)


def prepare() -> Callable[[], None] | None:
    """What answers for the register, whose address is now among the settings; None where all is not invented."""
    server = open_register()
    return server.serve_forever if server else None


def open_register() -> BaseWSGIServer | None:
    """Opens the register's port and writes its address among the settings; None where all is not invented."""
    if current_app.config["DATABASE_URL"] is not None or not current_app.config["DEMONSTRATION"]:
        return None
    with db.transaction() as session:
        if loading.state(session) is not State.LOADED:
            return None
        known = registrable.known(session)
    server = serving.listen(FakeCompanyRegister(known, silent=(registrable.SILENT.siret,)))
    current_app.config["RECHERCHE_ENTREPRISES_URL"] = f"http://{_LOOPBACK}:{server.server_port}"
    _pass_by_proxies()
    return server


def _pass_by_proxies() -> None:
    """A proxy set in the environment cannot reach our loopback."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _LOOPBACK)))
