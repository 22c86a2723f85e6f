"""What differs between deployments, read once from the environment by the factory, and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from click import ClickException


class SettingsRefused(ClickException):
    """A setting is missing or cannot be read; the message is the one line that the command prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Each field is the environment variable of the same name in capitals; the README has the table."""

    # PostgreSQL to use; without it the embedded server starts, with its data in `var_dir`.
    database_url: str | None = None
    # Signs sessions and forms; compulsory with DATABASE_URL, else kept in `var_dir`.
    secret_key: str | None = None
    # Where the embedded database, the secret and the learned model live.
    var_dir: Path = Path(__file__).parent / "var"
    # Territory shown when no host name says which; without it, the one its file marks as default.
    territory: str | None = None
    # Folder with more territory files, read after those of the package.
    territories_dir: Path | None = None
    # Proxies in front of the service that set X-Forwarded-*; 0 trusts none.
    trusted_proxies: int = 0
    # Whether an empty embedded database gets the fictitious territory at set-up.
    demonstration: bool = True
    # Port of the web service.
    port: int = 5000
    # Web processes; each serves eight requests at a time.
    web_processes: int = 2
    # Jobs a worker runs at once.
    worker_jobs: int = 2
    # France Travail: the application's credentials, given by francetravail.io.
    france_travail_client_id: str | None = None
    france_travail_client_secret: str | None = None
    # Hosts of France Travail have moved twice since 2022: settings.
    france_travail_token_url: str = (
        "https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire"
    )
    france_travail_api_url: str = "https://api.francetravail.io/partenaire/offresdemploi/v2"
    # Dataset « Répertoire opérationnel des métiers et des emplois (ROME) », asked for the address of its archive.
    rome_dataset_url: str = (
        "https://www.data.gouv.fr/api/1/datasets/repertoire-operationnel-des-metiers-et-des-emplois-rome/"
    )
    # Communes, from the State's geographic service.
    geo_api_url: str = "https://geo.api.gouv.fr"
    # Establishments by SIRET, and where addresses are.
    recherche_entreprises_url: str = "https://recherche-entreprises.api.gouv.fr"
    geocoding_url: str = "https://data.geopf.fr/geocodage"
    # Days an offer read from a file stays visible after its last import.
    offer_file_days: int = 60
    # Company that hosts the service, with its address and telephone: the law asks that the legal notice names it.
    hosting: str | None = None
    # Where the source code can be read; linked from every page.
    source_url: str | None = None
    # Address at which people reach the service (https://…), written in messages; compulsory with SMTP_URL.
    public_url: str | None = None
    # Mail relay: smtp+starttls://user:password@host:587, smtps://… or, on this machine or a private network, smtp://…
    smtp_url: str | None = None
    # Who e-mails come from (« Trait d’union <ne-pas-repondre@exemple.fr> »); compulsory with SMTP_URL.
    mail_from: str | None = None
    # SMS provider (Brevo): its token; without it, SMS wait.
    sms_token: str | None = None
    sms_url: str = "https://api.brevo.com/v3"
    # Who SMS come from: 11 letters and digits at most.
    sms_sender: str = "TraitdUnion"
    # OpenID providers people may sign in with: three settings each, or none.
    oidc_proconnect_issuer: str | None = None
    oidc_proconnect_client_id: str | None = None
    oidc_proconnect_client_secret: str | None = None
    oidc_franceconnect_issuer: str | None = None
    oidc_franceconnect_client_id: str | None = None
    oidc_franceconnect_client_secret: str | None = None
    oidc_france_travail_issuer: str | None = None
    oidc_france_travail_client_id: str | None = None
    oidc_france_travail_client_secret: str | None = None
    # Working days that prescribers ask for between an agreement and its first day: an earlier start is a warning.
    agreement_notice_days: int = 3
    # Days of presence in one company over 12 months above which the prescriber is asked.
    agreement_company_days: int = 60
    # When the worker fetches offers and matches them (cron, UTC).
    nightly_cron: str = "0 2 * * *"


def from_environment(environ: Mapping[str, str]) -> Config:
    """The settings found in `environ`; raises SettingsRefused with the variable's name when one cannot be read."""
    values: dict[str, object] = {}
    for field in fields(Config):
        raw = environ.get(field.name.upper(), "").strip()
        if raw:
            values[field.name] = _read(field.name, raw, str(field.type))
    config = Config(**values)  # type: ignore[arg-type]
    if config.database_url and not config.secret_key:
        raise SettingsRefused("SECRET_KEY manque : il est obligatoire avec DATABASE_URL.")
    for name in ("public_url", "mail_from"):
        if config.smtp_url and not getattr(config, name):
            raise SettingsRefused(f"{name.upper()} manque : il est obligatoire avec SMTP_URL.")
    return config


def _read(name: str, raw: str, kind: str) -> object:
    if name == "database_url":
        return _with_driver(raw)
    if "Path" in kind:
        return Path(raw).absolute()
    if "bool" in kind:
        return raw.lower() not in {"0", "no", "non", "false", "off"}
    if "int" in kind:
        try:
            return int(raw)
        except ValueError:
            raise SettingsRefused(f"{name.upper()} doit être un nombre entier, reçu « {raw} ».") from None
    return raw


def _with_driver(url: str) -> str:
    # Hosting services give postgres:// or postgresql://; SQLAlchemy needs the driver's name.
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise SettingsRefused("DATABASE_URL doit commencer par postgresql://.")
    return f"postgresql+psycopg://{rest}"
