"""ROME, France Travail's reference of occupations: codes, job titles, mobilities, and the model learned from them.

Words: an *occupation* is a ROME code with its label; a *job title* (appellation) is one of its names; a *mobility*
leads from an occupation to one within reach; an *edition* is one published version. ROME 3 had 532 occupations;
ROME 4 splits them into finer ones, each of which tells its *parent* in ROME 3, the grain at which offers and
trainings are compared.

Decisions: the official files replace the reference whole, in one transaction, or not at all; an archive replaces
the editions that it brings and leaves the others (France Travail no longer publishes ROME 3, whose mobilities stay
the best); no other table refers to these by a foreign key, since codes come and go. Until the official files are
there, `facts/` gives labels, and parents are guessed.
"""
