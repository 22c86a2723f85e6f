"""Records of offers as JSON, where they were stored as the text of their JSON."""

from alembic import op

revision = "2026_11_21_20_records"
down_revision = "2026_11_21_19_slot_stems"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE offers SET record = (record #>> '{}')::jsonb WHERE jsonb_typeof(record) = 'string'")


def downgrade() -> None:
    op.execute("UPDATE offers SET record = to_jsonb(record::text) WHERE jsonb_typeof(record) = 'object'")
