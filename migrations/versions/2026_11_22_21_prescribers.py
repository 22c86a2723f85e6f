"""Prescriber organisations, caseloads, referrals, consents."""

revision = "2026_11_22_21_prescribers"
down_revision = "2026_11_21_20_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
