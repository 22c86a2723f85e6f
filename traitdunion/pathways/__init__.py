"""What joins offers, trainings and slots: stored matches with their explanation, and later the whole chain.

Decisions: a match belongs to a *profile* (offers with the same normalised title, ROME code and level), so that equal
offers are matched once and a new offer of a known profile has its trainings at once; only trainings that the Région
funds are matched; the matches of a profile are replaced in one transaction, the old ones standing until then.
A new profile is matched by a job that the storing of its first offer defers. Descriptions and skills are not read for
profiles: measured on the real offers (`make bench`), they change nothing in which trainings come first, and the offers
of a profile do not share them.
"""
