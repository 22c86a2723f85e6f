"""Messages that people send by the contact page, and attempt counters."""

revision = "2026_11_21_07_about"
down_revision = "2026_11_21_06_pathways"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
