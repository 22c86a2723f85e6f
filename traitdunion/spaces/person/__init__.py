"""`/mon-espace`: what a job seeker has booked, waits for and wishes, the next step first."""
