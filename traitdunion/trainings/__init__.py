"""Trainings, their places and their sessions: what the Région funds, as catalogues publish it.

- A training has actions (a place, a way of teaching, a price, funders), an action has sessions (dates, enrolment).
- Files come in three formats (LHEO, CSV, JSON); `formats` reads them into drafts and touches no database,
  `importing` stores drafts. A record that cannot be read is kept raw, with its reason and line, and can be replayed.
- A training is funded when an action that is still offered carries funder 2, the Conseil régional, and only then.
- What a catalogue no longer shows is marked withdrawn, never deleted: people have enrolled in it.
- A session is still open until the end of its enrolment window; that unknown, until its start. Permanent entries have
  no deadline, and say so.
"""
