"""Message-IDs (RFC 5322 section 3.6.4)."""


def bare_message_id(text: str) -> str:
    """Give a Message-ID without its angle brackets; reports give it with them or without."""
    return text.strip().removeprefix("<").removesuffix(">")
