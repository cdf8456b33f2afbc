"""SendGrid's API under /v3, in the form that SendGrid's own clients expect."""
