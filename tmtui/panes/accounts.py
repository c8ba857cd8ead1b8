"""Accounts: which lives on which phone, and which of them wait for a person."""

from tmtui.columns import ACCOUNTS
from tmtui.widgets.table import Table


class AccountsPane(Table):
    pane, title = "accounts", "Accounts"
    every, sort = ACCOUNTS, "serial"
    empty = "no accounts; in Devices (1), m reads those of a phone and binds them"
