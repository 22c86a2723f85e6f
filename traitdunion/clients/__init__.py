"""One module per outside system, over `requests`; remote field names stop here.

`http` holds what they share: time limits, bounded retries, the two exceptions Unavailable and Rejected, the log line.
A client is built from frozen values and functions (settings, pace, sleep, clock): it reads neither config nor Flask.
"""
