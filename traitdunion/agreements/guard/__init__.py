"""The legal guard: frozen values in, findings out; no database, clock, request or settings.

`judging.judge(terms, around)` tries every rule of `judging.RULES`; each is one small function beside its neighbours,
with its French sentence, its source, and a remedy. What the law forbids blocks; what it leaves to the prescriber is a
warning, which the prescriber answers in writing before validating. Not legal advice: a lawyer reads it before use.
The table rule → source → case that breaks it is `tests/agreements/guard/test_rules.py`.
"""
