"""Immersions: dated slots in companies, and their bookings.

Words. A *slot* is an invitation by a company to see one occupation, on given days, with a number of *places*. A person
takes one place for all the days of the slot by a *booking*.
"""
