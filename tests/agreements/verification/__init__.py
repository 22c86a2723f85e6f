"""Tests of the verification of documents."""
