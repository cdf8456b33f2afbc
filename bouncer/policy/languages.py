"""The languages that notices are written in. Each has a catalogue of its own in ``compose/catalogues``."""

ENGLISH = "en"
"""The language of the sentences in the code, from which all others are translated."""
LANGUAGE_NAMES = {
    "de": "Deutsch",
    ENGLISH: "English",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "sv": "Svenska",
}
"""The name of each language in itself, by its code (BCP 47). A new language is an entry here and a catalogue."""
LANGUAGE_CODES = tuple(LANGUAGE_NAMES)
"""The codes of all languages."""
