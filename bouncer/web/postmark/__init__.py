"""Postmark's suppressions under /message-streams, in the form that Postmark's own clients expect."""
