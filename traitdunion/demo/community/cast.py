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
    does="une entreprise à vérifier, un organisme à accepter, les rapprochements à relire, le journal",
    page="/admin",
)
COUNSELLOR = Part(
    given_name="Mathilde",
    email=f"mathilde@{DOMAIN}",
    who="conseillère à France Travail",
    does="une vingtaine de personnes suivies à tous les stades, des immersions à proposer à plusieurs en trois clics",
    page="/prescripteur",
)
YOUTH_COUNSELLOR = Part(
    given_name="Rachid",
    email=f"rachid@{DOMAIN}",
    who="conseiller dans une Mission locale",
    does="des personnes confiées par un autre organisme à accueillir, et d’autres sans e-mail ni téléphone",
    page="/prescripteur",
)
ADMINISTRATOR = Part(
    given_name="Ingrid",
    email=f"ingrid@{DOMAIN}",
    who="qui administre un organisme",
    does="une délégation qui se termine bientôt, un collègue à inviter, les communes suivies à changer",
    page="/prescripteur",
)
LATE_ADMINISTRATOR = Part(
    given_name="Gaétan",
    email=f"gaetan@{DOMAIN}",
    who="dont l’organisme n’a plus de délégation",
    does="une nouvelle délégation à enregistrer\u00a0: jusque-là, aucune nouvelle convention",
    page="/prescripteur",
)
CAST = (
    SEEKER,
    WITHOUT_EMAIL,
    HOST,
    NEWCOMER,
    COUNSELLOR,
    YOUTH_COUNSELLOR,
    ADMINISTRATOR,
    LATE_ADMINISTRATOR,
    OPERATOR,
)
