"""`/admin/lettres`: the letters with codes that members of companies asked for, to print and send."""
