"""The learned model, shared by all machines, and the matches drawn at random each month to be reviewed."""

from alembic import op

revision = "2026_11_21_11_learned_model"
down_revision = "2026_11_21_10_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never in service with the column: what it said is now the digest of the model itself.
    op.execute(
        """
        CREATE TABLE learned_models (
            is_only boolean CONSTRAINT pk_learned_models PRIMARY KEY
                CONSTRAINT ck_learned_models_is_only CHECK (is_only),
            version integer NOT NULL,
            digest text NOT NULL,
            size bigint NOT NULL,
            learned_at timestamptz NOT NULL
        );
        CREATE TABLE learned_model_parts (
            digest text,
            number integer CONSTRAINT ck_learned_model_parts_number CHECK (number >= 0),
            content bytea NOT NULL,
            CONSTRAINT pk_learned_model_parts PRIMARY KEY (digest, number)
        );
        ALTER TABLE learned_model_parts ALTER COLUMN content SET STORAGE EXTERNAL;
        ALTER TABLE matching_state DROP COLUMN model;
        CREATE TABLE drawn_matches (
            month date,
            profile_key text,
            training_id bigint
                CONSTRAINT fk_drawn_matches_training_id REFERENCES trainings (id) ON DELETE CASCADE,
            score real NOT NULL CONSTRAINT ck_drawn_matches_score CHECK (score BETWEEN 0 AND 1),
            CONSTRAINT pk_drawn_matches PRIMARY KEY (month, profile_key, training_id)
        );
        CREATE INDEX ix_drawn_matches_training_id ON drawn_matches (training_id);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE matching_state ADD COLUMN model text;
        DROP TABLE drawn_matches, learned_model_parts, learned_models
        """
    )
