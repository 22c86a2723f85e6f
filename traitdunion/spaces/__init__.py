"""The pages of those who signed in: each gathers what is theirs from the features below."""
