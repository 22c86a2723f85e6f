"""Dated immersion slots and their places."""

revision = "2026_11_21_15_slots"
down_revision = "2026_11_21_14_companies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
