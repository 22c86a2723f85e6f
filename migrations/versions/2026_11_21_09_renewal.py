"""With what the matches are computed, so that a renewal touches only what changed."""

from alembic import op

revision = "2026_11_21_09_renewal"
down_revision = "2026_11_21_08_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE matching_state (
            is_only boolean CONSTRAINT pk_matching_state PRIMARY KEY
                CONSTRAINT ck_matching_state_is_only CHECK (is_only),
            model text,
            generation text NOT NULL,
            version text NOT NULL,
            catalogue text NOT NULL,
            subjects text[] NOT NULL
        );
        CREATE TABLE matched_trainings (
            training_id bigint CONSTRAINT pk_matched_trainings PRIMARY KEY,
            fingerprint text NOT NULL,
            family text NOT NULL
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE matched_trainings, matching_state")
