"""Digests of messages."""

revision = "2026_11_22_24_digests"
down_revision = "2026_11_22_23_impact"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
