"""The web pages, on which people see an account in a browser: rendered by the server, complete without scripts."""
