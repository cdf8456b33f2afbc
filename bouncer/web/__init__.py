"""The HTTP server: words of the wire -> value -> one use case -> one answer. Imported only where HTTP is switched on."""
