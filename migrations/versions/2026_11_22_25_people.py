"""People found by likeness, merged, imported."""

revision = "2026_11_22_25_people"
down_revision = "2026_11_22_24_digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
