"""Verifying a document that one holds: by its code and the beneficiary's name, or by the file itself.

Public: it tells nothing to whoever does not hold the document already, and never says a name.
"""
