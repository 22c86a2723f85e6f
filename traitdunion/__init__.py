"""Trait d'union: try a job before the training. `create_app` builds the application."""

import os
import secrets
from dataclasses import asdict
from functools import partial
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

ROOT = Path(__file__).resolve().parent.parent


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """The application for the settings in `environ` (the process's environment when None).

    Raises config.SettingsRefused when a setting is missing or unreadable. Touches no network and no database.
    """
    import config  # noqa: PLC0415 — the factory alone reads the settings, and importing the package reads nothing
    from traitdunion import features  # noqa: PLC0415 — the list of features imports what imports this package
    from traitdunion.core import access, assets, db, errors, health, logs, pages, security, service  # noqa: PLC0415

    settings = config.from_environment(dict(os.environ) if environ is None else environ)
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=None)
    app.config.from_mapping({name.upper(): value for name, value in asdict(settings).items()})
    app.config["SECRET_KEY"] = settings.secret_key or _kept_secret(settings.var_dir / "secret-key")
    app.config["SESSION_COOKIE_SECURE"] = settings.trusted_proxies > 0
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    logs.init_app(app)
    db.init_app(app, partial(_database_url, settings.database_url, settings.var_dir))
    access.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    assets.init_app(app, static_folder=ROOT / "static")
    pages.init_app(app)
    health.init_app(app, features.HEALTH_CHECKS)
    service.init_app(app, features.SET_UP)
    try:
        for listen in features.LISTENERS:
            listen(app)
    except errors.Refused as refusal:
        raise config.SettingsRefused(str(refusal)) from None
    for blueprint in features.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in features.COMMANDS:
        app.cli.add_command(command)
    return app


def _database_url(configured: str | None, var_dir: Path) -> str:
    if configured:
        return configured
    from traitdunion.core import postgres  # noqa: PLC0415 — not needed where DATABASE_URL is set

    return postgres.ensure(var_dir / "postgres")


def _kept_secret(path: Path) -> str:
    # Only without DATABASE_URL, that is on a developer's machine: sessions outlive a restart.
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secrets.token_urlsafe(32))
        except FileExistsError:
            pass  # another process made it in the meantime
    return path.read_text()
