"""Agreements."""

revision = "2026_11_22_22_agreements"
down_revision = "2026_11_22_21_prescribers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
