"""People, companies, immersions and messages, as operators moderate them: listed, verified, shut out, let in again."""
