"""Tests of prescriber organisations, caseloads and referrals."""
