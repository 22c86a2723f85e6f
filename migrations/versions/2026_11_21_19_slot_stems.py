"""The words of slots, for the search."""

from alembic import op

revision = "2026_11_21_19_slot_stems"
down_revision = "2026_11_21_18_suggestions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE slots ADD COLUMN stems text[] NOT NULL DEFAULT '{}'")
    op.execute("CREATE INDEX ix_slots_stems ON slots USING gin (stems) WHERE state IN ('published', 'full')")


def downgrade() -> None:
    op.execute("ALTER TABLE slots DROP COLUMN stems")
