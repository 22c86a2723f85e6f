"""The matching core: titles in, occupations and trainings out, each answer with its reasons.

Pure: no database, no web, no clock, no other folder of ours; frozen values in, frozen values out.

- a *title* is what an offer, a training or a person calls a job (`titles`);
- an *example* is a title whose ROME code is known; a *model* is what was learned from examples (`occupations`);
- a *match* joins an offer and a training; its *reasons* are values that alone make its score (`trainings`);
- `facts/` holds the tables of facts that the reading of titles needs (abbreviations of the trade, noise, stop words).
"""
