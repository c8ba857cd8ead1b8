"""Which failures a repeat can help, and how long to wait for it.

A repeat helps where the cause passes by itself: a cable, a slow phone, a screen that came late.
It does not where a person must act (log in, free space), where the answer stays the same (no such
file), and never after a press that may have posted, or against a platform that has said no.
"""

from datetime import timedelta
from random import Random

from tmcore.reasons import Reason
from tmcore.settings import Settings

# Every reason stands here, so that a new one is a decision and not a default.
REPEAT_HELPS: dict[Reason, bool] = {
    # the phone or its cable: it comes back
    Reason.DEVICE_LOST: True,
    Reason.DEVICE_OFFLINE: True,
    Reason.DEVICE_NOT_BOOTED: True,
    Reason.DEVICE_ASLEEP: True,
    Reason.NO_NETWORK: True,
    # it cools, and it charges
    Reason.TOO_HOT: True,
    Reason.BATTERY_LOW: True,
    Reason.TIMEOUT: True,
    Reason.PUSH_FAILED: True,
    Reason.SCAN_FAILED: True,
    # the screen, before the press: it came late, or something lay over it that a new start clears
    Reason.UI_UNREADABLE: True,
    Reason.UNKNOWN_SCREEN: True,
    Reason.TARGET_MISSING: True,
    Reason.CAPTION_MISMATCH: True,
    Reason.SETTING_MISMATCH: True,
    Reason.ACCOUNT_UNREADABLE: True,
    # pressed, or perhaps: a second press could be a second post. The app may still upload by
    # itself what it showed as failed, so upload_failed belongs here too
    Reason.OUTCOME_UNKNOWN: False,
    Reason.UPLOAD_FAILED: False,
    Reason.ALREADY_POSTED: False,
    # the platform has said no, or asks for its user
    Reason.LOGIN_REQUIRED: False,
    Reason.SECURITY_CHECK: False,
    Reason.ACCOUNT_SUSPENDED: False,
    Reason.ACTION_LIMITED: False,
    Reason.UPDATE_REQUIRED: False,
    # a person has decided
    Reason.STOPPED: False,
    Reason.NOT_POSTED: False,
    # a person must do something first
    Reason.WRONG_ACCOUNT: False,
    Reason.UNPROVEN_PATH: False,
    Reason.DRAFT_OPEN: False,
    Reason.DEVICE_UNAUTHORIZED: False,
    Reason.DEVICE_LOCKED: False,
    Reason.WRONG_USER: False,
    Reason.AIRPLANE_MODE: False,
    Reason.CLOCK_WRONG: False,
    Reason.KEYBOARD_MISSING: False,
    Reason.APP_DISABLED: False,
    Reason.STORAGE_FULL: False,
    Reason.APP_MISSING: False,
    Reason.PERMISSION_MISSING: False,
    Reason.IME_MISSING: False,
    Reason.FILE_MISSING: False,
    Reason.FILE_CHANGED: False,
    # its hour has passed
    Reason.MISSED: False,
    # a fault of ours: nobody knows how far the script got
    Reason.SCRIPT_ERROR: False,
    # not failures
    Reason.CONFIRMED: False,
    Reason.REHEARSED: False,
    Reason.RESOLVED_POSTED: False,
    Reason.MATCHED: False,
    Reason.RETRY: False,
    Reason.INTERRUPTED: False,
}


def may_retry(reason: Reason, retry_count: int, settings: Settings) -> bool:
    """Whether auto_retry tries a failed task again; a person's retry does not ask."""
    return settings.auto_retry and retry_count < settings.max_retry_count and REPEAT_HELPS[reason]


def retry_delay(settings: Settings, rng: Random) -> timedelta:
    """How long to wait before the next try; random, so that a whole hub does not return at once."""
    seconds = rng.uniform(settings.retry_delay_min_s, settings.retry_delay_max_s)
    return timedelta(seconds=seconds)
