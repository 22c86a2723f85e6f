"""The text of an agreement as people read it: one structure, `Sheet`, that makes both the page and the PDF.

`sections` says the terms in French, with the mentions of article D. 5135-3 of the Code du travail; `printing` makes
the PDF (PDF/UA-1), the same bytes for the same sheet; `documents` keeps their hash.
"""
