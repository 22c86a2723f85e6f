"""Communes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_03_territories"
down_revision = "2026_11_21_02_rome"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "communes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("postcodes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("search_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("telling_words", sa.Text(), nullable=False),
        sa.Column("former_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_communes"),
        sa.CheckConstraint("code ~ '^[0-9][0-9AB][0-9]{3}$'", name="ck_communes_code"),
        sa.CheckConstraint("kind IN ('commune', 'arrondissement')", name="ck_communes_kind"),
        sa.CheckConstraint("population >= 0", name="ck_communes_population"),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="ck_communes_latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="ck_communes_longitude"),
    )
    op.create_index(
        "ix_communes_search_key", "communes", ["search_key"], postgresql_ops={"search_key": "text_pattern_ops"}
    )
    op.create_index(
        "ix_communes_telling_words",
        "communes",
        ["telling_words"],
        postgresql_using="gin",
        postgresql_ops={"telling_words": "gin_trgm_ops"},
    )
    for column in ("search_keys", "postcodes"):
        op.create_index(
            f"ix_communes_{column}",
            "communes",
            [column],
            postgresql_using="gin",
        )
    op.create_index("ix_communes_department", "communes", ["department"])
    op.create_index("ix_communes_population", "communes", [sa.text("population DESC"), "code"])


def downgrade() -> None:
    op.drop_table("communes")
