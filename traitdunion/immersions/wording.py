"""What people read of a slot, the same in pages, messages and calendars: its days and hours, its place."""

from datetime import date, datetime, time

from babel.dates import format_date
from flask import Flask

from traitdunion.core import clock
from traitdunion.immersions import dates
from traitdunion.immersions.models import BookingState, RefusalReason, Slot, SlotKind

_FIXED = "\u00a0"


def init_app(app: Flask) -> None:
    """Gives templates these functions as filters, those of slots with `slot_` before their names."""
    filters = app.jinja_env.filters
    filters.update(slot_days=days, slot_hours=hours, slot_place=place, slot_kind=kind)
    filters.update(long_day=long_day, hour=hour, instant=instant)
    filters.update(refusal_reason=refusal_reason, booking_state=lambda value: BookingState(value).label)


def long_day(day: date) -> str:
    """« mercredi 3 février 2027 », « lundi 1er mars 2027 »."""
    return _written(day, "EEEE d MMMM y")


def days(slot: Slot) -> str:
    """« mercredi 3 février 2027 », or « du mercredi 3 au vendredi 5 février 2027 »."""
    first, last = slot.first_day, slot.last_day
    if first == last:
        return long_day(first)
    pattern = "EEEE d MMMM y" if first.year != last.year else "EEEE d MMMM" if first.month != last.month else "EEEE d"
    return f"du {_written(first, pattern)} au {long_day(last)}"


def hours(slot: Slot) -> str:
    """« de 9 h à 12 h 30 », each day."""
    return f"de {hour(slot.starts_at)} à {hour(slot.ends_at)}"


def hour(value: time) -> str:
    """« 9 h », « 12 h 30 »."""
    minutes = f"{_FIXED}{value:%M}" if value.minute else ""
    return f"{value.hour}{_FIXED}h{minutes}"


def instant(value: datetime) -> str:
    """« mercredi 3 février à 18 h », on the clock of France; midnight is said as the end of the day before it."""
    there = value.astimezone(clock.PARIS)
    if there.time() == time(0):
        there = there.replace(fold=0)
        day = date.fromordinal(there.toordinal() - 1)
        return f"{_written(day, 'EEEE d MMMM')} à minuit"
    return f"{_written(there.date(), 'EEEE d MMMM')} à {hour(there.time())}"


def place(slot: Slot) -> str:
    """« 3 rue du Four, 57000 Metz »."""
    town = f"{slot.postcode} {slot.city}"
    return f"{slot.address}, {town}" if slot.address else town


def kind(slot: Slot) -> str:
    """« visite », « demi-journée », « 3 jours »."""
    if slot.kind in {SlotKind.VISIT, SlotKind.HALF_DAY}:
        return "visite" if slot.kind == SlotKind.VISIT else "demi-journée"
    count = len(dates.presence(slot))
    return f"{count}{_FIXED}jour{'s' if count > 1 else ''}"


def refusal_reason(value: str) -> str:
    """The label of a stored reason, within a sentence."""
    label = RefusalReason(value).label
    return label[0].lower() + label[1:]


def _written(day: date, pattern: str) -> str:
    return format_date(day, pattern.replace(" d", " '1er'") if day.day == 1 else pattern, locale="fr")
