"""The search and the public pages of immersion slots: where one may try a job, and which sessions that comes before."""
