"""The names of countries: each that a server's name can stand for, in each language of the pages."""

import string
from itertools import product

import pytest

from bouncer.compose.country_names import country_name
from bouncer.policy.country import country_of_name
from bouncer.policy.languages import LANGUAGE_CODES


def test_a_country_has_a_name_in_each_language():
    names = {code: country_name("DE", code) for code in LANGUAGE_CODES}
    expected = {
        "de": "Deutschland",
        "en": "Germany",
        "es": "Alemania",
        "fr": "Allemagne",
        "ja": "ドイツ",
        "sv": "Tyskland",
    }
    assert names == {**names, **expected}
    assert "DE" not in names.values()


def test_every_language_names_the_same_countries():
    codes = ["".join(pair) for pair in product(string.ascii_uppercase, repeat=2)]
    codes_with_names = {
        language: {code for code in codes if country_name(code, language) != code} for language in LANGUAGE_CODES
    }
    assert len(codes_with_names["en"]) == 250
    assert all(countries == codes_with_names["en"] for countries in codes_with_names.values())


@pytest.mark.parametrize(
    "server", ["mx.example.uk", "mx.example.su", "mx.example.tp", "mx.example.us", "mx.example.xk"]
)
def test_an_ending_that_is_no_code_has_the_name_of_its_country(server: str):
    code = country_of_name(server) or ""
    assert country_name(code, "en") != code


def test_a_country_without_a_name_stays_a_code():
    assert country_name("QQ", "de") == "QQ"
    assert country_name("", "de") == ""
    assert country_name("US", "tlh") == "US"
