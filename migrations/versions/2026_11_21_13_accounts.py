"""People, how they sign in, and what operators did."""

revision = "2026_11_21_13_accounts"
down_revision = "2026_11_21_12_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
