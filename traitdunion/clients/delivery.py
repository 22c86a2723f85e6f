"""What a mail relay and an SMS provider say alike when they do not take a message."""

from traitdunion.clients.http import Rejected, Unavailable


class Undeliverable(Rejected):
    """They will never take this message; `answer` is their code, without their words, which repeat the address."""

    def __init__(self, message: str, *, status: int, answer: str, is_address: bool) -> None:
        super().__init__(message, status=status)
        self.answer = answer
        self.is_address = is_address
        """The address itself is refused: others to it would be too."""


class Deferred(Unavailable):
    """They do not take this message now, though they take others (greylisting, full mailbox)."""

    def __init__(self, message: str, *, answer: str) -> None:
        super().__init__(message)
        self.answer = answer
