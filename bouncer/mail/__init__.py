"""Values of mail that every layer shares: addresses, statuses, return paths, letters."""
