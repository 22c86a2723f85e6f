"""Tests of the matching core: titles, occupations, trainings."""
