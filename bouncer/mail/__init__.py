"""The words of mail that every floor shares: addresses, statuses, return paths, letters (floor 0)."""
