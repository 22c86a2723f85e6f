"""ROME occupations, job titles and mobilities."""

revision = "2026_11_21_02_rome"
down_revision = "2026_11_21_01_core"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
