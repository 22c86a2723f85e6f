"""What the parties undertake, whatever the immersion: the law's rules, in sentences that everybody reads.

Signed with the terms of `snapshot.FORMAT` 1: other words take another format, so that what was signed never changes.
"""

COMMITMENTS = (
    "La personne en immersion garde son statut et ses droits (allocations, couverture sociale)."
    " Elle n’est pas salariée de la structure d’accueil, qui ne la paie pas.\n"
    "Elle n’exécute pas une tâche régulière correspondant à un poste permanent, ne fait pas face à un surcroît"
    " d’activité, n’occupe pas un emploi saisonnier et ne remplace pas une personne absente.\n"
    "Elle suit les consignes de la structure d’accueil, ses horaires et son règlement intérieur,"
    " et garde pour elle ce qu’elle apprend de confidentiel.\n"
    "La structure d’accueil applique à la personne les règles de ses propres salariés\u00a0: durée du travail de chaque"
    " jour et de chaque semaine, travail de nuit, repos, jours fériés, santé et sécurité. Elle désigne la personne"
    " nommée ci-dessus pour l’accueillir, la suivre et lui transmettre les consignes, fournit l’équipement de"
    " protection et est assurée pour les dommages que la personne pourrait causer ou subir.\n"
    "En cas d’accident, la structure d’accueil prévient la structure qui accompagne dans les 24\u00a0heures\u202f;"
    " l’organisme qui prescrit le déclare à la caisse primaire d’assurance maladie dans les 48\u00a0heures.\n"
    "La structure qui accompagne suit l’immersion et en fait le bilan avec la personne et la structure d’accueil.\n"
    "Chacun peut mettre fin à l’immersion avant son terme, en prévenant les autres."
)
"""A paragraph a line."""
