"""Sign-in links and sessions of the web pages in the store."""
