"""An SMS provider: Brevo's « transactional SMS », a French company's documented HTTP interface.

`POST /transactionalSMS/send` with the header `api-key` and `{sender, recipient, content, type, unicodeEnabled}` answers
201 and `{"messageId": …}`; 400 with a `code` for what it does not take, 402 without credit.
Source: developers.brevo.com/docs/transactional-sms-endpoints, read on 2026-11-21. Another provider is another module
with the same `send`.
"""

from dataclasses import dataclass, field
from typing import Any

import requests
from requests.auth import AuthBase

from traitdunion.clients import gsm
from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Caller, Patience, Rejected, Unavailable, read_json

_ONCE = Patience(read=20.0, attempts=1)
"""A message's job tries again; a call that timed out may have sent it, so not at once."""
_OF_THE_MESSAGE = 400
_OF_THE_NUMBER = ("number", "phone", "recipient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the provider gave, and who the messages come from (11 letters and digits at most)."""

    url: str
    token: str = field(repr=False)
    sender: str


class _Key(AuthBase):
    """As `auth` rather than a header: requests lets a ~/.netrc replace the header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["api-key"] = self._token
        return request


class Provider:
    """Sends SMS."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, *, recipient: str, text: str) -> str:
        """Hands the SMS over, to a number in E.164, and returns the provider's number for it.

        Raises Undeliverable when the provider refuses the number, Deferred when it refuses something else of the
        message, Unavailable for the rest: an outage, a wrong key or no credit, which an operator repairs.
        """
        content = gsm.fitted(text)
        body: dict[str, Any] = {
            "sender": self._settings.sender,
            "recipient": recipient.removeprefix("+"),
            "content": content,
            "type": "transactional",
            "unicodeEnabled": not gsm.is_gsm(content),
        }
        with Caller("Le service de SMS", patience=_ONCE) as caller:
            try:
                return caller.call(
                    "send",
                    "POST",
                    f"{self._settings.url.rstrip('/')}/transactionalSMS/send",
                    read=_number,
                    json=body,
                    auth=_Key(self._settings.token),
                )
            except Rejected as refusal:
                raise _told(refusal) from None


def _told(refusal: Rejected) -> Unavailable | Undeliverable:
    """What the refusal means for the message, without the provider's words, which repeat the number."""
    answer = str(refusal.status)
    if refusal.status != _OF_THE_MESSAGE:
        return Unavailable(f"Le service de SMS refuse nos demandes ({answer}).")
    if any(word in str(refusal).lower() for word in _OF_THE_NUMBER):
        told = f"Le service de SMS refuse ce numéro ({answer})."
        return Undeliverable(told, status=refusal.status, answer=answer, is_address=True)
    # The sender's name, perhaps: an operator repairs it, and the message leaves then.
    return Deferred(f"Le service de SMS ne prend pas ce message ({answer}).", answer=answer)


def _number(response: requests.Response) -> str:
    # Taken is taken: a body that cannot be read must not have it sent again.
    try:
        return str(read_json(response)["messageId"])
    except (ValueError, KeyError, TypeError):
        return ""
