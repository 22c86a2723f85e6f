"""Matches of offers and trainings."""

from alembic import op

revision = "2026_11_21_06_pathways"
down_revision = "2026_11_21_05_trainings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE matched_profiles (
            key text CONSTRAINT pk_matched_profiles PRIMARY KEY,
            matched_at timestamptz NOT NULL,
            version text NOT NULL
        );
        CREATE TABLE matches (
            profile_key text NOT NULL CONSTRAINT fk_matches_profile_key
                REFERENCES matched_profiles (key) ON DELETE CASCADE,
            training_id bigint NOT NULL CONSTRAINT fk_matches_training_id REFERENCES trainings (id) ON DELETE CASCADE,
            rank smallint NOT NULL CONSTRAINT ck_matches_rank CHECK (rank >= 1),
            score real NOT NULL CONSTRAINT ck_matches_score CHECK (score BETWEEN 0 AND 1),
            reasons jsonb NOT NULL,
            CONSTRAINT pk_matches PRIMARY KEY (profile_key, training_id)
        );
        CREATE INDEX ix_matches_training_id ON matches (training_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE matches, matched_profiles")
