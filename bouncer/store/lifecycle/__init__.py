"""A store as a file: made, recognized, migrated, copied, restored and looked at."""
