"""What an operator can set, each with its sentence; changed at once through GET/PUT /settings."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from tzlocal import get_localzone_name

from tmcore.model import License, Model
from tmcore.rules.dealing import Reuse

OF_THE_SERVER = "the server's own"  # a default that its computer gives, not the reader's
_CLOSED = "The Starter plan has no API access; to change it: tm settings --set plan=Business"
Plan = Literal["Starter", "Pro", "Team", "Business"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"{name!r} is no IANA time zone, such as Europe/Berlin") from None
    return name


def _folder(path: str) -> str:
    if not Path(path).is_absolute():
        raise ValueError(f"{path!r} is not an absolute path")
    return path


Zone = Annotated[str, AfterValidator(_zone)]
Folder = Annotated[str, AfterValidator(_folder)]


class Settings(Model):
    """Every setting has a default that is safe to run with."""

    auto_retry: bool = Field(False, description="Retry a failed task by itself where it can help.")
    max_retry_count: int = Field(3, ge=1, le=10, description="How often auto_retry may try.")
    retry_delay_min_s: int = Field(5, ge=0, le=86400, description="Shortest wait before a retry.")
    retry_delay_max_s: int = Field(
        60, ge=0, le=86400, validate_default=True, description="Longest wait before a retry."
    )
    random_order: bool = Field(
        False, description="A new task gets a random place among its device's tasks."
    )
    min_battery_percent: int = Field(
        15, ge=0, le=100, description="A phone with less battery fails its task; 0 asks nothing."
    )
    max_temperature_c: float = Field(
        45.0, ge=20, le=100, description="A phone with a hotter battery (°C) fails its task."
    )
    restart_adb: bool = Field(
        True,
        description="Restart an adb server on this computer that is dead or has lost every phone; "
        "off where other programs use it.",
    )
    reboot_phones: bool = Field(
        False,
        description="Restart a phone where nothing gentler brought it back; never while a press "
        "on it is open or its outcome unknown.",
    )
    plan: Plan = Field("Business", description="The licence plan; Starter has no API access.")
    device_limit: int = Field(
        500, ge=1, le=10000, description="How many devices may run a task at the same time."
    )
    verify_unknown: bool = Field(
        True,
        description="Look again, at growing intervals, for a post whose outcome is unknown; that "
        "opens the app and presses nothing.",
    )
    late_limit_minutes: int = Field(
        120,
        ge=0,
        le=10080,
        description="A task with a start time whose phone was away for longer past it fails as "
        "missed; 0 posts it at whatever hour.",
    )
    catch_up_minutes: int = Field(
        10, ge=0, le=1440, description="How late a new schedule still makes up for a missed time."
    )
    time_zone: Zone = Field(
        default_factory=get_localzone_name, description="The zone in which HH:MM is read."
    )
    keep_tasks_days: int = Field(
        0,
        ge=0,
        le=36500,
        description="How long ended tasks stay in the list; 0 keeps them. Unknown outcomes and the "
        "ledger stay in any case.",
    )
    keep_evidence_days: int = Field(
        30, ge=0, le=36500, description="How long screenshots of ended tasks are kept; 0: for ever."
    )
    keep_history_days: int = Field(
        365,
        ge=0,
        le=36500,
        description="How long events and the runs of schedules are kept; 0: for ever.",
    )
    digest_at: str = Field(
        "",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="When a digest of the last day is sent to whom notify.yml names, as HH:MM; "
        "empty: never.",
    )
    reuse: Reuse = Field(
        "never",
        description="Whether the library gives a file again that was posted: never, per_account "
        "(once to each) or always.",
    )
    media_folders: tuple[Folder, ...] = Field(
        default_factory=lambda: (str(Path.home()),),
        description="Only files below these folders are posted.",
    )

    first_eye: bool = Field(
        True,
        description="Read screens by uiautomator2's server, which up to 120 s after its last use "
        "listens on the phone's own network without a password; off: by uiautomator dump alone.",
    )
    require_token: bool = Field(
        False, description="Ask every program for a token, also on the server's own computer."
    )

    @field_validator("retry_delay_max_s")
    @classmethod
    def _delays_in_order(cls, value: int, info: ValidationInfo) -> int:
        shortest = info.data.get("retry_delay_min_s", 0)  # absent where it is wrong itself
        if value < shortest:
            raise ValueError(f"{value} is too small; at least retry_delay_min_s ({shortest})")
        return value

    @property
    def license(self) -> License:
        open_ = self.plan != "Starter"
        return License(
            plan_name=self.plan,
            api_enabled=open_,
            device_limit=self.device_limit,
            message="API access is on." if open_ else _CLOSED,
        )


class Setting(Model):
    """One setting as a person reads it."""

    name: str
    value: str
    default: str
    allowed: str
    sentence: str

    @property
    def changed(self) -> bool:
        return self.default not in {self.value, OF_THE_SERVER}


def listed(settings: Settings) -> tuple[Setting, ...]:
    """Return every setting in words."""
    return tuple(
        Setting(
            name=name,
            value=_words(getattr(settings, name)),
            default=OF_THE_SERVER if field.default_factory else _words(field.default),
            allowed=_allowed(field),
            sentence=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _allowed(field: FieldInfo) -> str:
    if field.annotation is bool:
        return "on or off"
    choices = get_args(field.annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return ", ".join(choices)
    parts = {word: getattr(limit, word) for limit in field.metadata for word in ("ge", "le")
             if hasattr(limit, word)}  # fmt: skip
    return f"{parts['ge']} to {parts['le']}" if len(parts) == 2 else ""


def read_setting(name: str, text: str) -> object:
    """Return what a person typed for a setting as the API takes it; the server judges it."""
    field = Settings.model_fields[name]
    text = text.strip()
    if field.annotation is bool:
        return {"on": True, "off": False}.get(text.lower(), text)
    if get_origin(field.annotation) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if field.annotation in {int, float}:
        with suppress(ValueError):
            return float(text) if not text.lstrip("-").isdecimal() else int(text)
    return text
