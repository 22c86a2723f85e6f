"""Small catalogues written by hand, and the few communes they name."""

import io

from traitdunion.territories import names
from traitdunion.territories.communes import Entry, Index
from traitdunion.trainings import formats
from traitdunion.trainings.drafts import CutShort, Reading, Refusal, TrainingDraft
from traitdunion.trainings.formats import Format


def commune(code: str, name: str, latitude: float, longitude: float, *postcodes: str, region: str = "44") -> Entry:
    """A commune of the index."""
    return Entry(
        code=code,
        name=name,
        kind="commune",
        postcodes=postcodes,
        population=1000,
        department=code[:2],
        region=region,
        latitude=latitude,
        longitude=longitude,
        keys=(names.key(name),),
        former_codes=(),
    )


ENTRIES = [
    commune("57463", "Metz", 49.1081, 6.1955, "57000", "57050", "57070"),
    commune("57672", "Thionville", 49.3716, 6.1526, "57100"),
    commune("57757", "Yutz", 49.3580, 6.1890, "57970"),
    commune("57631", "Sarreguemines", 49.1090, 7.0702, "57200"),
    commune("55545", "Verdun", 49.1450, 5.3610, "55100"),
    commune("09328", "Verdun", 42.8063, 1.6925, "09310", region="76"),
    commune("93048", "Montreuil", 48.8638, 2.4483, "93100", region="11"),
]
COMMUNES = Index(ENTRIES)

SESSION = """
<session numero="{number}">
  <periode><debut>{starts}</debut><fin>{ends}</fin></periode>
  <adresse-inscription><adresse><ligne>-</ligne><codepostal>57000</codepostal><ville>Metz</ville></adresse>
  </adresse-inscription>
  <periode-inscription><periode><debut>{opens}</debut><fin>{closes}</fin></periode></periode-inscription>
  <etat-recrutement>{state}</etat-recrutement>
</session>
"""

TRAINING = """
<formation numero="{number}">
  <domaine-formation>
    <code-FORMACODE>21538</code-FORMACODE><code-NSF>221</code-NSF><code-ROME>D1102</code-ROME>
  </domaine-formation>
  <intitule-formation>{title}</intitule-formation>
  <objectif-formation>Pétrir, façonner, cuire.</objectif-formation>
  <resultats-attendus>-</resultats-attendus>
  <contenu-formation>Le pain, la viennoiserie.</contenu-formation>
  <certifiante>1</certifiante>
  <contact-formation><coordonneFs><nom>Perdue</nom></coordonneFs></contact-formation>
  <contact-formation><coordonnees>
    <civilite>Madame</civilite><nom>Martin</nom><prenom>Zoé</prenom>
    <telfixe><numtel>03 87 00 00 00</numtel></telfixe><courriel>zoe.martin@exemple.fr</courriel>
  </coordonnees></contact-formation>
  <code-niveau-entree>{entry}</code-niveau-entree>
  <objectif-general-formation>6</objectif-general-formation>
  <certification><code-RNCP>37537</code-RNCP><code-CERTIFINFO>113467</code-CERTIFINFO></certification>
  <code-niveau-sortie>4</code-niveau-sortie>
  <url-formation><urlweb>www.exemple.fr/boulanger</urlweb></url-formation>
  <action numero="A1">
    <code-public-vise>81050</code-public-vise>
    <niveau-entree-obligatoire>1</niveau-entree-obligatoire>
    <modalites-enseignement>0</modalites-enseignement>
    <lieu-de-formation><coordonnees>
      <nom>CFA du Test</nom>
      <adresse>
        <ligne>1 rue des Fours</ligne><codepostal>57000</codepostal><ville>METZ</ville>
        <code-INSEE-commune>57463</code-INSEE-commune><region>44</region>
        <geolocalisation><latitude>49,11</latitude><longitude>6,18</longitude></geolocalisation>
      </adresse>
    </coordonnees></lieu-de-formation>
    <modalites-entrees-sorties>{permanent}</modalites-entrees-sorties>
    {sessions}
    <acces-handicapes>Rampe</acces-handicapes>
    <prix-total-TTC>1 500,50 €</prix-total-TTC>
    <nombre-heures-entreprise>140</nombre-heures-entreprise>
    <nombre-heures-total>700</nombre-heures-total>
    <organisme-formateur><raison-sociale-formateur>CFA du Test</raison-sociale-formateur></organisme-formateur>
    <organisme-financeur><code-financeur>{funder}</code-financeur>
      <nb-places-financees>12</nb-places-financees></organisme-financeur>
  </action>
  <organisme-formation-responsable>
    <SIRET-organisme-formation><SIRET>19750707200027</SIRET></SIRET-organisme-formation>
    <nom-organisme>Chambre de test</nom-organisme>
  </organisme-formation-responsable>
</formation>
"""


def session(number: str = "S1", **fields: str) -> str:
    """A LHEO session: `starts`, `ends`, `opens`, `closes` are days of LHEO; `state` 1 open, 2 closed, 3 suspended."""
    days = {"starts": "20270104", "ends": "20270630", "opens": "00000000", "closes": "20261215"}
    return SESSION.format(number=number, **{**days, "state": "1", **fields})


def training(number: str = "F1", *sessions: str, **fields: str) -> str:
    """A LHEO training with one action at Metz, and these sessions (one by default)."""
    shown = {"title": "CAP boulanger", "entry": "13", "permanent": "0", "funder": "2", **fields}
    return TRAINING.format(number=number, sessions="".join(sessions or (session(),)), **shown)


def lheo(*trainings: str, namespace: str = ' xmlns="http://lheo.gouv.fr/2.3"') -> bytes:
    """A LHEO file of these trainings."""
    return f'<?xml version="1.0"?><lheo{namespace}><offres>{"".join(trainings)}</offres></lheo>'.encode()


def readings(content: bytes, format_: Format | None = None) -> list[Reading]:
    """All that a file gives."""
    return list(formats.read(io.BytesIO(content), format_ or formats.detect(content)))


def drafts(content: bytes, format_: Format | None = None) -> list[TrainingDraft]:
    """Its trainings."""
    return [found for _, found in readings(content, format_) if isinstance(found, TrainingDraft)]


def refusals(content: bytes, format_: Format | None = None) -> list[tuple[int, Refusal]]:
    """Its refused records, with their line."""
    return [(line, found) for line, found in readings(content, format_) if isinstance(found, Refusal)]


def until_cut(content: bytes, format_: Format) -> tuple[list[TrainingDraft | Refusal], CutShort | None]:
    """What a file gives before it cannot be read further, and why."""
    found = []
    try:
        for _, each in formats.read(io.BytesIO(content), format_):
            found.append(each)
    except CutShort as cut:
        return found, cut
    return found, None
