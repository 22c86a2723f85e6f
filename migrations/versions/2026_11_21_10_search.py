"""What the search needs to count and filter quickly."""

revision = "2026_11_21_10_search"
down_revision = "2026_11_21_09_renewal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
