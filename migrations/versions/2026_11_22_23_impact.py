"""Bilans, verdicts, outcomes."""

revision = "2026_11_22_23_impact"
down_revision = "2026_11_22_22_agreements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
