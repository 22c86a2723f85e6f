"""`flask about …`: what people wrote by the contact page."""

import click

from traitdunion.about import messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.core import clock, db
from traitdunion.core.cli import Group

about = Group("about", help="Messages reçus par la page de contact.")


@about.command("messages")
@click.option("--all", "with_closed", is_flag=True, help="Montre aussi les messages clos.")
def show(with_closed: bool) -> None:
    """Montre les messages reçus, les plus anciens d’abord."""
    with db.transaction() as session:
        found = messages.waiting(session, with_closed=with_closed)
        for message in found:
            click.echo(_told(message) + "\n")
    click.echo(f"{len(found)} message{'s' if len(found) > 1 else ''}." if found else "Aucun message.")


@about.command("close")
@click.argument("number", metavar="NUMÉRO", type=click.IntRange(1, 2**63 - 1))
def close(number: int) -> None:
    """Clôt le message NUMÉRO : il ne demande plus rien."""
    with db.transaction() as session:
        messages.close(session, number, now=clock.now())
    click.echo(f"Message {number} clos.")


def _told(message: ContactMessage) -> str:
    sent = message.sent_at.astimezone(clock.PARIS)
    closed = ", clos" if message.closed_at else ""
    lines = [
        f"N° {message.id}, {sent:%d/%m/%Y à %H:%M}, territoire {message.territory}{closed}",
        f"Sujet : {Subject(message.subject).label}",
        f"Réponse à : {message.reply_to or 'aucune adresse laissée'}",
        *(f"  {line}" for line in message.body.splitlines()),
    ]
    return "\n".join(lines)
