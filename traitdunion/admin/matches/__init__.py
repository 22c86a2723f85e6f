"""`/admin/rapprochements`: the matches to review, and how right the service was, month by month."""
