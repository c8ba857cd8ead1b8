"""Accounts: which lives on which phone, and which of them wait for a person."""

from tmcore.accounts import Account
from tmtui.columns import ACCOUNTS
from tmtui.store import Store
from tmtui.view import View
from tmtui.widgets.table import Table


class AccountsPane(Table):
    pane, title = "accounts", "Accounts"

    def __init__(self, store: Store) -> None:
        view: View[int, Account] = View(store, "accounts", ACCOUNTS, "serial")
        super().__init__(view, id=self.pane)
        self.empty = "no accounts; in Devices (1), m reads those of a phone and binds them"
