"""What may be a minute old: worked out once a process and a minute, not once a visitor."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TypeVar, cast

from flask import current_app

Value = TypeVar("Value")

SECONDS = 60
MOST = 5_000
"""Values kept; what strangers type makes keys too, and must not fill the memory."""


def recent(key: Hashable, compute: Callable[[], Value]) -> Value:
    """What `compute` gave in the last minute for this key, else what it gives now.

    Of plain values only, the same for everybody: nothing that belongs to a session or a person. Tests, which change
    rows under the same application, always get what it gives now.
    """
    if current_app.testing:
        return compute()
    kept: dict[Hashable, tuple[float, object]] = current_app.extensions.setdefault("recent", {})
    found = kept.get(key)
    if found is None or monotonic() - found[0] > SECONDS:
        value = compute()
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = (monotonic(), value)
    return cast("Value", found[1])
