"""Share links of the web pages in the store."""
