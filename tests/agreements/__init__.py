"""Tests of PMSMP agreements."""
