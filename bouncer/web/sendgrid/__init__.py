"""SendGrid's API under /v3, as its own clients ask it."""
