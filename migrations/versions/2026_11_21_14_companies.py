"""Companies by SIRET, their members, and how they were verified."""

revision = "2026_11_21_14_companies"
down_revision = "2026_11_21_13_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
