"""Companies: establishments by SIRET, their members, and how we know that a member speaks for one.

Words. A *company* is an establishment (14 digits), never the firm (9). Its *state* is what the register of companies
says of it: active, closed, or unverified while the register could not tell. *Verified* is another matter: somebody has
shown that its members speak for it. Until then its members prepare slots that nobody else sees.

Decisions.
- The first person who registers a SIRET becomes its member at once, since nothing shows before the verification; the
  next ones ask, and its members answer; whoever types the code of the letter needs nobody's leave.
- Verified by *domain*: the member's proved e-mail address is at a domain that bears the company's whole name (eight
  letters at least, legal forms left out) and is no public provider's. A website typed by the member proves nothing.
- By *firm*: the member already speaks for a verified establishment of the same SIREN.
- By *code*: the operator prints a letter to the address that the register gives; five tries. Or by the *operator*.
"""
