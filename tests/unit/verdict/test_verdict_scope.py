"""The reach of a statement of absence: words inside it, behind it, and before it that turn it to something else."""

from bouncer.verdict import scope


def is_known(word: str) -> bool:
    return word in {"mail", "local", "here", "access"}


def is_name(word: str) -> bool:
    return word == "jane"


def test_a_word_that_is_not_known_beside_the_noun_leaves_open_what_is_absent():
    things = [
        "no such vpn user",
        "invalid address literal",
        "non-existent access token",
        "unable to find the sasl login",
    ]
    recipients = [
        "no such user",
        "no such local user here",
        "invalid address: @",
        "no such user jane",
        "unknown user in table",
    ]

    assert [phrase for phrase in things if not scope.is_of_unknown_noun(phrase, is_known, is_name)] == []
    assert [phrase for phrase in recipients if scope.is_of_unknown_noun(phrase, is_known, is_name)] == []


def test_the_user_of_a_service_is_not_the_recipient():
    assert scope.is_of_service("550 the relay ", "user does not exist")
    assert not scope.is_of_service("550 the ", "user does not exist")


def test_a_statement_may_hold_for_one_thing_only():
    assert scope.is_scoped("user is not registered for this service")
    assert not scope.is_scoped("user is not known to this server")
    assert not scope.is_scoped("user is not registered")


def test_an_act_needs_an_object():
    assert scope.is_without_object("user has closed")
    assert not scope.is_without_object("user has closed his account")
    assert scope.is_without_object("domain is not served by us")


def test_a_pronoun_stands_for_the_noun_of_the_clause_before():
    assert scope.is_of_pronoun("550 the file was not opened, as it ", "does not exist")
    assert scope.is_of_pronoun("550 it ", "does not exist")
    assert not scope.is_of_pronoun("550 we looked for @, but it ", "does not exist")


def test_the_subject_behind_a_colon_belongs_to_the_statement():
    assert scope.split_at_colon("550 ", "recipient @: session not found") == ("550 recipient @: session ", "not found")
    assert scope.split_at_colon("550 ", "recipient @: not found") == ("550 recipient @: ", "not found")
    assert scope.split_at_colon("550 ", "user unknown") is None
