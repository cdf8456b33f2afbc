"""Postmark's suppressions under /message-streams, as its own clients ask them."""
