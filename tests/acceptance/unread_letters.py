"""Letters that people wrote."""

ANSWER = b"From: Jo <jo@example.net>\r\nSubject: Re: offer\r\nIn-Reply-To: <1@acme.example>\r\n\r\nPlease call me.\r\n"


VACATION = b"From: jo@example.net\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.\r\n"
