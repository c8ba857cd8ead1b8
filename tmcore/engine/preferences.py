"""What an operator has set: configured, changed while it runs, and put back."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tmcore.engine.keyring import KeyRing
from tmcore.errors import BadInput, NotFound
from tmcore.settings import Settings
from tmcore.store.store import Store
from tmcore.validation import checked, shown

logger = logging.getLogger("tmcore.settings")

NO_ADMIN = "true would shut everyone out; first: tm token add NAME --scope admin"


class Preferences:
    """The settings in force; what was changed goes before what is configured."""

    def __init__(self, store: Store, configured: Mapping[str, Any], keys: KeyRing) -> None:
        self._store, self._configured, self._keys = store, configured, keys
        self._changed: dict[str, Any] = {}
        self.now = Settings()

    async def load(self) -> None:
        """Read what was changed, and say where a configured value does not hold for it."""
        self._changed = await self._store.settings()
        self.now = checked(Settings, {**self._configured, **self._changed})
        for name in sorted(self._configured.keys() & self._changed.keys()):
            if self._configured[name] != self._changed[name]:
                logger.warning(
                    "%s is configured as %s, and was changed to %s since; to put it back: "
                    "tm settings --reset %s",
                    name, shown(self._configured[name]), shown(self._changed[name]), name,
                )  # fmt: skip

    async def change(self, changes: Mapping[str, Any]) -> Settings:
        """Change some settings, in force at once. Raises BadInput."""
        settings = checked(Settings, {**self.now.model_dump(), **changes})
        self._demand_admin(settings)
        for folder in set(settings.media_folders) - set(self.now.media_folders):
            if not Path(folder).is_dir():
                raise BadInput.of("media_folders", f"{shown(folder)} is not a folder")
        values = settings.model_dump(mode="json", include=set(changes))
        await self._store.save_settings(values)
        self._changed |= values
        self.now = settings
        return settings

    async def reset(self, name: str) -> Settings:
        """Put a setting back to what is configured, or its default. Raises NotFound, BadInput."""
        if name not in Settings.model_fields:
            raise NotFound(f"setting {shown(name)} does not exist")
        rest = {other: value for other, value in self._changed.items() if other != name}
        settings = checked(Settings, {**self._configured, **rest})
        self._demand_admin(settings)
        await self._store.forget_setting(name)
        self._changed, self.now = rest, settings
        return settings

    def _demand_admin(self, settings: Settings) -> None:
        if settings.require_token > self.now.require_token and not self._keys.has_admin:
            raise BadInput.of("require_token", NO_ADMIN)
