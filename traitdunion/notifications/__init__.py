"""Messages to people, by e-mail and SMS: written with their cause, delivered later, at least once.

Words: a *message* is one e-mail or SMS; a *letter* is what it says; a *topic* is why it is written (only necessary
ones cannot be refused); a *carrier* is what takes it away (a mail relay, an SMS provider, the demonstration's box).

Decisions: this folder knows addresses and texts, not people; a message is a row and a job, both in the transaction
of the change that causes it, so that neither goes without the other; its `Message-ID` is kept in the row, so that
what is delivered twice (a worker died between the relay's yes and our commit) is seen as one by the reader's mailbox;
a refused address is noted and still tried for what is necessary, since it may have been repaired. Signing (DKIM) is
left to the relay, which owns the domain's key.
"""
