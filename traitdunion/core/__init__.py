"""Plumbing that knows no feature: database, access, errors, jobs, clock, security, logs."""
