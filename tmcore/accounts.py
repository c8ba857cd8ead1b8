"""What can be changed of an account that is bound to a device."""

from tmcore.model import Model, Package


class AccountChange(Model):
    """What PATCH /account/{id} may hold; what is absent stays as it is, null puts it back."""

    enabled: bool | None = None
    package: Package | None = None
    user: int | None = None
