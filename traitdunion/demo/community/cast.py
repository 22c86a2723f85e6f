"""Whom a visitor of the demonstration may be, and what each has to do."""

from dataclasses import dataclass

DOMAIN = "demonstration.example.org"  # RFC 2606: nobody receives what is sent there
PHONE = "+3363998"
"""The numbers that Arcep keeps for fiction (06 39 98)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the people of the demonstration; signs in by the e-mail address, or by the telephone number."""

    given_name: str
    email: str | None = None
    phone: str | None = None
    who: str
    does: str
    """What there is to try, in French."""
    page: str
    """Where to begin, once signed in."""

    @property
    def address(self) -> str:
        """What to type on the page of sign-in."""
        return self.email or self.phone or ""


SEEKER = Part(
    given_name="Camille",
    email=f"camille@{DOMAIN}",
    who="une personne en recherche d’emploi",
    does="une place offerte à prendre, une immersion confirmée, une demande en attente, une immersion déjà faite",
    page="/mon-espace",
)
WITHOUT_EMAIL = Part(
    given_name="Sacha",
    phone=f"{PHONE}0001",
    who="une personne sans e-mail, jointe par SMS",
    does="une immersion confirmée\u00a0; les codes de connexion arrivent par SMS",
    page="/mon-espace",
)
HOST = Part(
    given_name="Dominique",
    email=f"dominique@{DOMAIN}",
    who="qui tient une entreprise",
    does="deux demandes à accepter ou à refuser, des immersions à tous les stades",
    page="/entreprise",
)
NEWCOMER = Part(
    given_name="Lou",
    email=f"lou@{DOMAIN}",
    who="qui vient d’inscrire son entreprise",
    does="une entreprise que notre équipe n’a pas encore vérifiée, une immersion prête à montrer",
    page="/entreprise",
)
OPERATOR = Part(
    given_name="Claude",
    email=f"claude@{DOMAIN}",
    who="qui administre le service",
    does="une entreprise à vérifier, les rapprochements à relire, le journal",
    page="/admin",
)
CAST = (SEEKER, WITHOUT_EMAIL, HOST, NEWCOMER, OPERATOR)
