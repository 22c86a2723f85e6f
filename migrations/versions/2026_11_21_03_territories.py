"""Communes."""

revision = "2026_11_21_03_territories"
down_revision = "2026_11_21_02_rome"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
