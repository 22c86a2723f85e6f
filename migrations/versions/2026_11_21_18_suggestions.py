"""Names of jobs that a search field proposes while the person types."""

from alembic import op

revision = "2026_11_21_18_suggestions"
down_revision = "2026_11_21_17_interests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE suggested_jobs (
            department text NOT NULL,
            key text NOT NULL,
            label text NOT NULL,
            words text NOT NULL,
            offers integer NOT NULL,
            CONSTRAINT pk_suggested_jobs PRIMARY KEY (department, key),
            CONSTRAINT ck_suggested_jobs_offers CHECK (offers >= 0)
        )
        """
    )
    op.execute("CREATE INDEX ix_suggested_jobs_words ON suggested_jobs USING gin (words gin_trgm_ops)")


def downgrade() -> None:
    op.execute("DROP TABLE suggested_jobs")
