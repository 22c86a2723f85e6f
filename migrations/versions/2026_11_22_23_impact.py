"""Bilans, verdicts, outcomes."""

from alembic import op

revision = "2026_11_22_23_impact"
down_revision = "2026_11_22_22_agreements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE bilans (
            booking_id bigint NOT NULL,
            presence text NOT NULL,
            last_day_of_presence date,
            missed_hours smallint,
            went_well text,
            was_hired boolean NOT NULL,
            contract text,
            agrees boolean,
            person_word text,
            agreed_at timestamptz,
            answered_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            CONSTRAINT pk_bilans PRIMARY KEY (booking_id),
            CONSTRAINT ck_bilans_presence CHECK (presence IN ('COMPLETED', 'PARTIALLY_COMPLETED', 'DID_NOT_SHOW')),
            CONSTRAINT ck_bilans_contract
                CHECK (contract IN ('cdi', 'long_cdd', 'short_cdd', 'work_study', 'aided', 'insertion', 'other')),
            CONSTRAINT ck_bilans_last_day
                CHECK ((last_day_of_presence IS NOT NULL) <= (presence = 'PARTIALLY_COMPLETED')),
            CONSTRAINT ck_bilans_missed_hours CHECK (missed_hours >= 0),
            CONSTRAINT ck_bilans_missed CHECK ((missed_hours IS NOT NULL) <= (presence = 'PARTIALLY_COMPLETED')),
            CONSTRAINT ck_bilans_hired CHECK ((contract IS NOT NULL) <= was_hired),
            CONSTRAINT ck_bilans_agrees CHECK ((agrees IS NULL) = (agreed_at IS NULL)),
            CONSTRAINT fk_bilans_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id) ON DELETE CASCADE
        );
        CREATE TABLE verdicts (
            booking_id bigint NOT NULL,
            choice text NOT NULL,
            reason text,
            word text,
            answered_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            CONSTRAINT pk_verdicts PRIMARY KEY (booking_id),
            CONSTRAINT ck_verdicts_choice CHECK (choice IN ('confirm', 'nuance', 'abandon')),
            CONSTRAINT ck_verdicts_reason
                CHECK (reason IN ('work', 'effort', 'hours', 'team', 'journey', 'prospects', 'other')),
            CONSTRAINT fk_verdicts_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id) ON DELETE CASCADE
        );
        CREATE TABLE outcomes (
            booking_id bigint NOT NULL,
            month smallint NOT NULL,
            situation text NOT NULL,
            training_session_id bigint,
            training_title text,
            obstacle text,
            well_oriented boolean,
            speaker text NOT NULL,
            by_id bigint,
            answered_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            CONSTRAINT pk_outcomes PRIMARY KEY (booking_id, month),
            CONSTRAINT ck_outcomes_month CHECK (month IN (0, 3, 6, 12)),
            CONSTRAINT ck_outcomes_situation
                CHECK (situation IN ('training_entered', 'training_planned', 'job', 'other_project', 'none')),
            CONSTRAINT ck_outcomes_obstacle
                CHECK (obstacle IN ('not_my_job', 'refused', 'no_place', 'too_far', 'money',
                    'health_or_family', 'no_need', 'other')),
            CONSTRAINT ck_outcomes_speaker CHECK (speaker IN ('person', 'prescriber')),
            CONSTRAINT ck_outcomes_training_session
                CHECK (training_session_id IS NULL OR situation IN ('training_entered', 'training_planned')),
            CONSTRAINT ck_outcomes_no_obstacle
                CHECK (obstacle IS NULL OR situation NOT IN ('training_entered', 'training_planned')),
            CONSTRAINT fk_outcomes_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id) ON DELETE CASCADE,
            CONSTRAINT fk_outcomes_training_session_id FOREIGN KEY(training_session_id)
                REFERENCES training_sessions (id) ON DELETE SET NULL,
            CONSTRAINT fk_outcomes_by_id FOREIGN KEY(by_id) REFERENCES people (id) ON DELETE SET NULL
        );
        CREATE INDEX ix_outcomes_by_id ON outcomes (by_id) WHERE by_id IS NOT NULL;
        CREATE INDEX ix_outcomes_training_session_id ON outcomes (training_session_id)
            WHERE training_session_id IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE outcomes, verdicts, bilans")
