"""Signatures: each party signs for itself, by a code sent to its own address, after reading the whole text.

Words. A *code* is six digits, for one party and one version. The *proof* is what a page holds once the code was typed:
it lets its reader sign that version, and nothing else. The *chain* is the signatures of an agreement, each of which
bears the hash of the one before.

A link alone opens nothing: the text is shown, and signed, only to whoever reads the party's own mailbox or telephone.
"""
