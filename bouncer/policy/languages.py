"""The languages that notices are written in. Each has a catalogue of its own in ``compose/catalogues``."""

ENGLISH = "en"
"""The language of the sentences in the code, from which all others are translated."""
LANGUAGE_CODES = ("de", ENGLISH, "es", "fr", "ja", "sv")
"""The codes of all languages (BCP 47). A new language is a line here and a catalogue."""
