"""`flask notifications …`: whether messages leave, and what to do when they do not."""

import uuid

import click
from flask import current_app

from traitdunion.clients import smtp
from traitdunion.core import clock, db, jobs
from traitdunion.core.cli import Group
from traitdunion.core.errors import Refused
from traitdunion.notifications import addresses, envelopes, letters, waiting
from traitdunion.notifications.jobs import deliver
from traitdunion.notifications.models import Channel, Message, MessageAddress, Topic

notifications = Group("notifications", help="E-mails et SMS : ce qui attend, et comment le faire partir.")


class NoRelay(Refused):
    """There is nothing to try."""


@notifications.command("test")
@click.argument("email", metavar="EMAIL")
def test(email: str) -> None:
    """Envoie tout de suite un e-mail d’essai à EMAIL, sans la file, et montre la réponse du relais."""
    relay: smtp.Relay | None = current_app.extensions["mail_relay"]
    if relay is None:
        raise NoRelay("SMTP_URL n’est pas réglé : aucun e-mail ne part.")
    letter = letters.email("test", {}, name="", preferences_url=None)
    message = Message(
        address=MessageAddress(channel=Channel.EMAIL.value, value=email.strip().lower()),
        attachments=[],
        name="",
        topic=Topic.NECESSARY.value,
        message_id=f"<{uuid.uuid4().hex}@{envelopes.domain(current_app.config['MAIL_FROM'])}>",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        written_at=clock.now(),
    )
    try:
        envelope = envelopes.seal(message, sender=current_app.config["MAIL_FROM"], reply_to=None, preferences_url=None)
    except envelopes.Unwritable:
        raise click.BadParameter("Cette adresse ne peut pas être écrite.") from None
    answer = relay.send(sender=envelope.sender, recipient=envelope.recipient, content=envelope.content)
    click.echo(f"Le relais a pris l’e-mail d’essai (réponse {answer}).")


@notifications.command("waiting")
def show() -> None:
    """Montre combien de messages attendent, et depuis quand."""
    with db.transaction() as session:
        found = waiting.lines(session)
    for line in found:
        oldest = line.oldest.astimezone(clock.PARIS)
        reason = "" if line.is_carried else f" ; rien ne les emporte : réglez {_SETTINGS[line.channel]}"
        click.echo(f"{line.channel.label} : {line.count} en attente depuis le {oldest:%d/%m/%Y à %H:%M}{reason}.")
    if not found:
        click.echo("Aucun message n’attend.")


@notifications.command("retry")
def retry() -> None:
    """Fait repartir maintenant les messages qui attendent, après une panne ou un changement de réglage."""
    with db.transaction() as session:
        hastened = waiting.hasten(session)
        left = waiting.left_behind(session, before=clock.now())
        for message_id in left:
            jobs.defer(session, deliver, {"message_id": message_id}, key=waiting.job_key(message_id))
    count = hastened + len(left)
    click.echo(f"{count} message{'s' if count > 1 else ''} remis en route.")


@notifications.command("refused")
@click.argument("address", metavar="ADRESSE")
@click.option("--forget", is_flag=True, help="L’adresse est réparée : oublie le refus.")
def refused(address: str, forget: bool) -> None:
    """Note qu’une ADRESSE refuse les messages, quand le relais le dit plus tard par un e-mail de retour."""
    with db.transaction() as session:
        addresses.note_refusal(session, address, at=None if forget else clock.now())
    click.echo("Refus oublié." if forget else "Refus noté : seuls les messages nécessaires seront encore essayés.")


_SETTINGS = {Channel.EMAIL: "SMTP_URL", Channel.SMS: "SMS_TOKEN"}
