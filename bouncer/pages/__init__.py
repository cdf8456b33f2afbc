"""The web pages, on which people see an account in a browser: drawn by the server, complete without scripts."""
