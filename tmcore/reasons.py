"""Why a status was reached: a closed vocabulary, each word with the advice an operator needs."""

from enum import StrEnum


class Reason(StrEnum):
    """Status says where a task is, reason says why it got there."""

    CONFIRMED = "confirmed"  # completed: pressed once, and the app showed the proof
    REHEARSED = "rehearsed"  # completed: everything up to the press, and then the draft discarded
    RESOLVED_POSTED = "resolved_posted"  # completed: a person saw the post
    MATCHED = "matched"  # completed: the accounts of a phone were read and bound
    RETRY = "retry"  # pending again: a person or auto_retry asked for another run
    INTERRUPTED = "interrupted"  # pending again: the program ended before the press
    STOPPED = "stopped"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_POSTED = "not_posted"  # failed: a person settled that nothing was posted
    MISSED = "missed"  # failed: its phone was away at its hour
    WRONG_ACCOUNT = "wrong_account"
    ALREADY_POSTED = "already_posted"
    ACCOUNT_UNREADABLE = "account_unreadable"
    LOGIN_REQUIRED = "login_required"
    SECURITY_CHECK = "security_check"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACTION_LIMITED = "action_limited"
    UPDATE_REQUIRED = "update_required"
    UPLOAD_FAILED = "upload_failed"
    DEVICE_LOST = "device_lost"
    DEVICE_OFFLINE = "device_offline"
    DEVICE_UNAUTHORIZED = "device_unauthorized"
    DEVICE_LOCKED = "device_locked"
    DEVICE_NOT_BOOTED = "device_not_booted"
    DEVICE_ASLEEP = "device_asleep"
    WRONG_USER = "wrong_user"
    AIRPLANE_MODE = "airplane_mode"
    NO_NETWORK = "no_network"
    CLOCK_WRONG = "clock_wrong"
    BATTERY_LOW = "battery_low"
    TOO_HOT = "too_hot"
    KEYBOARD_MISSING = "keyboard_missing"
    STORAGE_FULL = "storage_full"
    APP_MISSING = "app_missing"
    APP_DISABLED = "app_disabled"
    PERMISSION_MISSING = "permission_missing"
    PUSH_FAILED = "push_failed"
    SCAN_FAILED = "scan_failed"
    UI_UNREADABLE = "ui_unreadable"
    UNKNOWN_SCREEN = "unknown_screen"
    TARGET_MISSING = "target_missing"
    DRAFT_OPEN = "draft_open"  # of somebody's: what only looks does not throw it away
    CAPTION_MISMATCH = "caption_mismatch"
    SETTING_MISMATCH = "setting_mismatch"  # a sound, volume, link or label is not as asked
    UNPROVEN_PATH = "unproven_path"  # stopped before the press: a person must confirm the path
    IME_MISSING = "ime_missing"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    TIMEOUT = "timeout"
    SCRIPT_ERROR = "script_error"


ADVICE: dict[Reason, str] = {
    Reason.OUTCOME_UNKNOWN: "look at the account, then `tm resolve ID --posted|--not-posted`",
    Reason.MISSED: "retry it to post it now; `tm settings --set late_limit_minutes=N` is the limit",
    Reason.WRONG_ACCOUNT: "switch the app to the right account, then retry",
    Reason.ALREADY_POSTED: "this account has posted this file; choose another one",
    Reason.LOGIN_REQUIRED: "log in on the phone by hand, then retry",
    Reason.SECURITY_CHECK: "a person must answer the app's check on the phone",
    Reason.ACCOUNT_SUSPENDED: "the app says the account is suspended; see the evidence",
    Reason.UPDATE_REQUIRED: "update the app on the phone, then retry",
    Reason.DEVICE_LOST: "check the cable and the hub, then retry",
    Reason.DEVICE_OFFLINE: "replug the phone or restart it, then retry",
    Reason.DEVICE_UNAUTHORIZED: "accept the USB debugging dialog on the phone, then retry",
    Reason.DEVICE_LOCKED: "unlock the phone (a swipe lock is opened by itself; a PIN is not)",
    Reason.DEVICE_NOT_BOOTED: "wait until Android has started, then retry",
    Reason.DEVICE_ASLEEP: "press the phone's power button; if it stays dark, restart it",
    Reason.WRONG_USER: "switch the phone to its owner (the first Android user), then retry",
    Reason.AIRPLANE_MODE: "switch airplane mode off, or Wi-Fi on, then retry",
    Reason.NO_NETWORK: "connect the phone to Wi-Fi or switch mobile data on, then retry",
    Reason.CLOCK_WRONG: "let the phone set date and time by itself, and check this computer's",
    Reason.BATTERY_LOW: "charge the phone; `tm settings --set min_battery_percent=N` is the limit",
    Reason.TOO_HOT: "let the phone cool; `tm settings --set max_temperature_c=N` is the limit",
    Reason.KEYBOARD_MISSING: "choose a keyboard in the phone's settings under Languages & input",
    Reason.STORAGE_FULL: "free space on the phone, then retry",
    Reason.APP_MISSING: "install the app on the phone (`tm install APK`) and log in, then retry",
    Reason.APP_DISABLED: "enable the app in the phone's settings, then retry",
    Reason.PERMISSION_MISSING: "allow the app to read photos and videos, then retry",
    Reason.UNKNOWN_SCREEN: "see the kept screenshot: the app showed something new",
    Reason.TARGET_MISSING: "see the kept screenshot: a button was not where it used to be",
    Reason.DRAFT_OPEN: "save or discard the draft that is open in the app, then retry",
    Reason.SETTING_MISMATCH: "see the kept screenshot: the app does not show what was set",
    Reason.UNPROVEN_PATH: "look at the task's evidence, then `tm profile confirm` and retry",
    Reason.IME_MISSING: "install ADBKeyBoard on the phone, or use plain ASCII captions",
    Reason.FILE_MISSING: "put the file back, or create a new task",
    Reason.FILE_CHANGED: "the file is not the one that was queued; create a new task",
}
