"""Messages, their delivery, and what each address wants of them."""

revision = "2026_11_21_12_notifications"
down_revision = "2026_11_21_11_learned_model"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
