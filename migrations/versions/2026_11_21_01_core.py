"""The queue of jobs, the pacing of calls, and the extensions that searching needs."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "2026_11_21_01_core"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    # The schema of the pinned procrastinate; a newer one comes with its own migrations (tests/architecture guards it).
    op.execute(SchemaManager.get_schema())
    op.create_table(
        "pacings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pacings")),
    )


def downgrade() -> None:
    op.drop_table("pacings")
    op.execute(
        """
        DO $$ DECLARE found record; BEGIN
            FOR found IN SELECT tablename FROM pg_tables
                WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%'
            LOOP EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.tablename); END LOOP;
            FOR found IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
                WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\\_%'
            LOOP EXECUTE 'DROP FUNCTION IF EXISTS ' || found.signature || ' CASCADE'; END LOOP;
            FOR found IN SELECT typname FROM pg_type
                WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\\_%'
            LOOP EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', found.typname); END LOOP;
        END $$
        """
    )
    op.execute("DROP EXTENSION unaccent")
    op.execute("DROP EXTENSION pg_trgm")
