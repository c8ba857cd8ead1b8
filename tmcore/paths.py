"""Paths through an app that nobody here has seen on a real phone: the words and the verbs.

Its profile says which they are. A task that walks one stops before the press until a person, having
looked at the evidence of such a task, has confirmed that path for that version of the app.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field, StringConstraints

from tmcore.accounts import App
from tmcore.model import Model


class AppPath(StrEnum):
    """The ways that lie beside the plain way to a post."""

    SOUND_OFF = "sound_off"
    SOUND_ON = "sound_on"
    SOUND_SEARCH = "sound_search"
    SOUND_BY_NAME = "sound_by_name"
    SOUND_BY_URL = "sound_by_url"
    VOLUMES = "volumes"
    PRODUCT_LINK = "product_link"
    AI_LABEL = "ai_label"


KEYS: dict[AppPath, str] = {
    AppPath.SOUND_OFF: "add_sound",
    AppPath.SOUND_ON: "add_sound",
    AppPath.SOUND_SEARCH: "custom_sound_keyword",
    AppPath.SOUND_BY_NAME: "sound_name",
    AppPath.SOUND_BY_URL: "sound_name",
    AppPath.VOLUMES: "origin_sound_volume, add_sound_volume",
    AppPath.PRODUCT_LINK: "add_product_link",
    AppPath.AI_LABEL: "ai_label",
}

Package = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+$")]
AppVersion = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]


class PathOf(Model):
    """One path through one version of one app."""

    package: Package = Field(description="The app's package, as in com.zhiliaoapp.musically.")
    version: AppVersion = Field(description="Its version as the phone says it, as in 43.1.4.")
    path: AppPath


class PathState(Model):
    """How it stands with a path; without a package nobody has walked it on any version."""

    app: App
    path: AppPath
    key: str  # of script_config
    unseen: str  # what no dump shows
    package: str | None = None
    version: str | None = None
    task_id: int | None = None  # the last task that walked it
    evidence: tuple[str, ...] = ()  # what that task kept of it: `tm task ID --evidence NAME`
    walked_at: datetime | None = None
    confirmed_at: datetime | None = None  # by a person; None: tasks stop before the press


class PathsApi(Protocol):
    """The verbs, near and far; reached as `rack.paths`."""

    async def every(self) -> tuple[PathState, ...]:
        """Return every unproven path of every app, and each version on which one was walked."""
        ...

    async def confirm(self, path: PathOf) -> PathState:
        """Let tasks press after this path on this version. Raises BadInput naming what is wrong."""
        ...

    async def withdraw(self, path: PathOf) -> PathState:
        """Take a confirmation back. Raises NotFound where there is none."""
        ...
