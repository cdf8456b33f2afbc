"""The values that ports take and give: which rows a scope covers, which entries a lane has, whose a sender is."""

import pytest

from bouncer.ports.accounts import Account, Directory
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR, AccountScope


def test_an_account_covers_its_own_rows_and_no_row_that_belongs_to_nobody():
    acme = AccountScope("acme")

    assert [acme.covers(account) for account in ("acme", "zoo", "", None)] == [True, False, False, False]
    assert OPERATOR.covers(None)
    assert OPERATOR.covers("acme")


def test_there_is_no_scope_of_an_account_without_a_name():
    with pytest.raises(ValueError, match="needs the account's name"):
        AccountScope("")


def test_a_lane_has_the_names_that_it_lists_or_all_but_some():
    some, others = Lane(included=frozenset({"a.example"})), Lane(excluded=frozenset({"a.example"}))

    assert [(lane.has("a.example"), lane.has("b.example")) for lane in (some, others)] == [(True, False), (False, True)]


def test_a_directory_knows_the_account_of_each_sender():
    directory = Directory(
        {"acme": Account("acme", (), senders=("acme.example",)), "zoo": Account("zoo", (), senders=("zoo.example",))},
        {},
    )

    assert directory.whose_senders() == {"acme.example": "acme", "zoo.example": "zoo"}
    assert directory.generation("nobody") is None
