"""PMSMP agreements: from an accepted booking to a text that all parties have signed and a prescriber has validated.

Words. An *agreement* is the life of one immersion's legal text. Its *terms* are what that text says; each *version*
keeps them, frozen with their hash once the parties may sign. A *party* is whom an agreement binds or names, with the
address it signs at. A *material* change (dates, hours, place, tasks, parties) clears the signatures; a *correction*
(telephone, typing error) keeps them.
"""
