"""The store as a file: making, recognizing, migrating, copying, restoring and inspecting it."""
