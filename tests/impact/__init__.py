"""Tests of bilans, verdicts and outcomes."""
