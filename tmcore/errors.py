"""Everything that can go wrong, as one tree; the docstring of a class is the operator's message.

TmError
├── BadInput            40001  what was sent is wrong; names field, value and what is allowed
│   ├── ScriptMissing   40002
│   └── ScriptUnknown   40003
├── TokenRefused        40101  a token is needed, or this one is not known
├── AccessDenied        40301  the licence plan has no API access
├── DoorClosed          40302  a foreign Host or Origin, or a token whose scope is too small
├── NotFound            40401
├── WrongMethod         40501
├── Conflict            40901  an Idempotency-Key used for something else, or still at work
├── BodyTooLarge        41301
├── NotJson             41501
├── TooManyRequests     42901  too many wrong tokens
├── StoreError          50001  the database
│   ├── NewerDatabase          written by a newer program
│   ├── DatabaseInUse          another process owns it
│   └── StoreFailed            disk full, file locked, file read-only, DatabaseGone
├── ServerUnreachable   50001  RemoteRack found nobody
├── AdbUnreachable      50001  no adb server answers
└── PhoneError          50001  one phone; knows its Reason and whether a retry can help
    ├── DeviceLost · DeviceOffline · DeviceUnauthorized · PhoneTimeout · StaleEpoch
    ├── PushFailed · StorageFull · UiUnreadable
    └── ScriptFailed           a script ends its task with a reason
        └── AccountBlocked     … and a person must look at the account before its next task
"""

from dataclasses import dataclass

from tmcore.reasons import Reason


class TmError(Exception):
    """Something went wrong."""

    code = 50001
    retry = False  # whether the same call may succeed later without anybody changing anything

    def __str__(self) -> str:
        return super().__str__() or " ".join((type(self).__doc__ or "").split())


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with what was sent: where, the value, and what is allowed."""

    field: str
    message: str


class BadInput(TmError):
    """What was sent is wrong."""

    code = 40001

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in errors))

    @classmethod
    def of(cls, field: str, message: str) -> "BadInput":
        return cls(FieldError(field, message))


class ScriptMissing(BadInput):
    """script_name is missing."""

    code = 40002


class ScriptUnknown(BadInput):
    """That script is not offered."""

    code = 40003


class TokenRefused(TmError):
    """A token is needed here; make one on the server's computer with `tm token add`."""

    code = 40101


class AccessDenied(TmError):
    """The licence plan has no API access."""

    code = 40301


class DoorClosed(TmError):
    """The request comes from a foreign Host or Origin."""

    code = 40302


class NotFound(TmError):
    """There is no such thing."""

    code = 40401


class WrongMethod(TmError):
    """This path does not take that method."""

    code = 40501


class Conflict(TmError):
    """That Idempotency-Key belongs to another request."""

    code = 40901


class BodyTooLarge(TmError):
    """The body is too large."""

    code = 41301


class NotJson(TmError):
    """The body must be sent as application/json."""

    code = 41501


class TooManyRequests(TmError):
    """Too many wrong tokens came from this address; wait a minute."""

    code = 42901
    retry = True


class StoreError(TmError):
    """The database could not be used."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of this program; update the program."""


class DatabaseInUse(StoreError):
    """Another process has this database open; connect to it instead (set TM_URL)."""


class StoreFailed(StoreError):
    """The database could not be written (disk full, locked, or read-only); nothing was changed."""

    retry = True


class DatabaseGone(StoreFailed):
    """The database file was deleted, replaced or overwritten at work; put it, or a backup, back."""


class ServerUnreachable(TmError):
    """No server answers at that address; start one with `tm serve`."""

    retry = True


class AdbUnreachable(TmError):
    """No adb server answers; start one with `adb start-server`."""

    retry = True


class PhoneError(TmError):
    """The phone could not do it."""

    reason = Reason.SCRIPT_ERROR


class DeviceLost(PhoneError):
    """The phone stopped answering; check its cable and hub."""

    reason, retry = Reason.DEVICE_LOST, True


class DeviceOffline(PhoneError):
    """adb shows the phone as offline; replug it or restart it."""

    reason, retry = Reason.DEVICE_OFFLINE, True


class DeviceUnauthorized(PhoneError):
    """The phone has not allowed this computer; accept the dialog on its screen."""

    reason = Reason.DEVICE_UNAUTHORIZED


class PhoneTimeout(PhoneError):
    """The phone did not answer in time."""

    reason, retry = Reason.TIMEOUT, True


class StaleEpoch(PhoneError):
    """A later run owns this phone; the command was refused there."""

    reason = Reason.DEVICE_LOST
    ahead: int | None = None  # that run's number, where no run of this process came before it


class PushFailed(PhoneError):
    """The file could not be copied to the phone."""

    reason, retry = Reason.PUSH_FAILED, True


class StorageFull(PhoneError):
    """The phone has no space left; free some and retry."""

    reason = Reason.STORAGE_FULL


class UiUnreadable(PhoneError):
    """The phone's screen could not be read."""

    reason, retry = Reason.UI_UNREADABLE, True


class ScriptFailed(PhoneError):
    """The script ended its task."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class AccountBlocked(ScriptFailed):
    """Only a person can answer what the app asks; the account is held until one releases it."""

    def __init__(self, app: str, reason: Reason, message: str) -> None:
        super().__init__(reason, message)
        self.app = app
