"""Composing the mails that leave: notices and digests to owners, warnings, and mail forwarded to the operator; pure."""
