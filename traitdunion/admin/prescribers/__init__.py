"""The organisations that prescribe, or ask to: read, accepted, refused, closed; their delegations confirmed."""
