"""The web pages: what people see of an account in a browser, drawn by the server, whole without scripts."""
