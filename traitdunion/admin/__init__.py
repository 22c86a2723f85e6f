"""The back-office, `/admin`: what waits for an operator's word, and the record of what operators did.

Every route is for operators alone (`access.operator`), every act is in the audit, and its pages stay out of caches. An
act is a button, pressed once; a second press changes nothing. Acts themselves belong to the features below.
"""
