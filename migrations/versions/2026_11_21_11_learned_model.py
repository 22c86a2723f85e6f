"""The learned model, shared by all machines."""

revision = "2026_11_21_11_learned_model"
down_revision = "2026_11_21_10_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
