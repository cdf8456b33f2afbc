"""Composing the mails that leave: the owner's notice and digest, warnings, and what is passed on to the operator; pure."""
