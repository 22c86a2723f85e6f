"""Trainings, actions and sessions."""

revision = "2026_11_21_05_trainings"
down_revision = "2026_11_21_04_offers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
