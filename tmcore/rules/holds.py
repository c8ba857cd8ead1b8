"""What makes an account wait for a person, and how that is said."""

from tmcore.accounts import Account
from tmcore.reasons import Reason

# What the app says to its user: a task that tries again at once only makes it worse.
HOLDS = frozenset(
    {
        Reason.SECURITY_CHECK,
        Reason.LOGIN_REQUIRED,
        Reason.ACCOUNT_SUSPENDED,
        Reason.ACTION_LIMITED,
        Reason.UPDATE_REQUIRED,
    }
)


def waiting(account: Account) -> str:
    """Say why no task of this account starts, and what lets them; nothing where they do."""
    if account.held is not None:
        since = f" since {account.held_since:%Y-%m-%d %H:%M} UTC" if account.held_since else ""
        return (
            f"@{account.username} is held{since}: {account.held}"
            f"{f' ({account.held_why})' if account.held_why else ''}; "
            f"look at it on the phone, then `tm account release {account.id}`"
        )
    if not account.enabled:
        return f"@{account.username} is disabled; `tm account enable {account.id}` lets it post"
    return ""


def open_one(accounts: list[Account]) -> Account | None:
    """Return the account of one app on one device that is open there, as far as is known.

    The one last seen open; where none was, one that may post before one that may not.
    """
    seen = [account for account in accounts if account.open_at is not None]
    if seen:
        return max(seen, key=lambda account: (account.open_at, -account.id))
    return min(accounts, key=lambda account: (account.waits, account.id), default=None)


def warning(account: str | None, serial: str, bound: list[Account]) -> str:
    """Say what whoever creates a task should know of its account; `bound` is those of its app.

    Nothing where there is nothing to say.
    """
    if account is not None:
        named = [waiting(one) for one in bound if one.username == account]
        return f"{named[0]}; until then its task waits" if any(named) else ""
    if not bound:
        return f"{serial} has no account of the app bound; the task posts on the one that is open"
    open_now = open_one(bound)
    if open_now and (why := waiting(open_now)):
        return f"{why}; until then its task waits"
    names = ", ".join(f"@{one.username}" for one in bound)
    seen = open_now.open_at if open_now else None
    known = (
        f"@{open_now.username}, last seen {seen:%Y-%m-%d %H:%M} UTC" if open_now and seen else ""
    )
    return (
        f"{serial} has {len(bound)} accounts of the app bound ({names}) and none is named; "
        f"the task posts on the one that is open there: {known or 'nobody has seen which'}"
    )
