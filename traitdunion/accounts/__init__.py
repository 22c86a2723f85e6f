"""People: who they are, how they prove it, what they may do, and what operators did.

Words: a *person* is known by an address that was proved, e-mail or telephone; a *sign-in request* is a link and a
6-digit code that were sent; a *sign-in* is a browser that is signed in; an *identity* is a person's name at an OpenID
provider; a *ban* shuts a person, or an address, out.

Decisions: no password; an address is written on a person only once it is proved, or when it is the only one the person
has, so that nobody sits on another's address; a person exists from the first proof, and nothing answers differently
before it; secrets stand in cookies and messages, tables hold their fingerprints; a role is what a person has (a
company, an operator's mark), not what a person is: one may hold several.
"""
