"""Where people would like to try a job."""

revision = "2026_11_21_17_interests"
down_revision = "2026_11_21_16_bookings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
