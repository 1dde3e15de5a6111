"""Makes clusters, brings them to a starting state and back."""
