"""Matches of offers and trainings."""

revision = "2026_11_21_06_pathways"
down_revision = "2026_11_21_05_trainings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
