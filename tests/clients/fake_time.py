"""A clock that only sleeping moves."""


class FakeTime:
    """Gives `sleep` and `clock` to a client, and remembers how long it slept each time, in seconds."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
