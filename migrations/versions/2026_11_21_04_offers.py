"""Offers, their sources and their ingestion."""

revision = "2026_11_21_04_offers"
down_revision = "2026_11_21_03_territories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
