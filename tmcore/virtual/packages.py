"""The packages that are installed."""

from dataclasses import dataclass, field

TIKTOK = "com.zhiliaoapp.musically"
TRILL = "com.ss.android.ugc.trill"  # TikTok's other package; not installed from the start
INSTAGRAM = "com.instagram.android"
PERMISSIONS = "com.google.android.permissioncontroller"
ANDROID = "android"
ADB_KEYBOARD = "com.android.adbkeyboard"
GBOARD = "com.google.android.inputmethod.latin"
LAUNCHER = "com.google.android.apps.nexuslauncher"
SYSTEM_UI = "com.android.systemui"

IMES = {
    GBOARD: f"{GBOARD}/com.android.inputmethod.latin.LatinIME",
    ADB_KEYBOARD: f"{ADB_KEYBOARD}/.AdbIME",
}
MAIN_ACTIVITIES = {
    TIKTOK: "com.ss.android.ugc.aweme.splash.SplashActivity",
    TRILL: "com.ss.android.ugc.aweme.splash.SplashActivity",
    INSTAGRAM: ".activity.MainTabActivity",
    LAUNCHER: ".NexusLauncherActivity",
    "com.android.settings": ".Settings",
}
SHARE_ACTIVITY = "com.ss.android.ugc.aweme.share.SystemShareActivity"
_HANDLERS = "com.instagram.share.handleractivity"
# where a share intent leads; that Instagram's reel activity has this name is in no report (unseen)
SHARE_ACTIVITIES = {
    TIKTOK: {SHARE_ACTIVITY: "video"},
    TRILL: {SHARE_ACTIVITY: "video"},
    INSTAGRAM: {
        f"{_HANDLERS}.ShareHandlerActivity": "post",
        f"{_HANDLERS}.ClipsShareHandlerActivity": "reel",
        f"{_HANDLERS}.StoryShareHandlerActivity": "story",
        f"{_HANDLERS}.CustomStoryShareHandlerActivity": "story",
    },
}
# Meta's own actions: without the id of a registered app they lead nowhere
META_ACTIONS = {
    "com.instagram.share.ADD_TO_REEL": "reel",
    "com.instagram.share.ADD_TO_STORY": "story",
}
TITLES = {TIKTOK: "TikTok", TRILL: "TikTok", INSTAGRAM: "Instagram"}
_SHORT = {"tiktok": TIKTOK, "trill": TRILL, "instagram": INSTAGRAM}
_VERSIONS = {TIKTOK: ("43.1.4", 2024301040), TRILL: ("43.1.4", 2024301040),
             INSTAGRAM: ("410.0.0.53.71", 380211234)}  # fmt: skip


def package_of(name: str) -> str:
    """The package behind a short name; a package's own name stays."""
    return _SHORT.get(name, name)


def has_activity(component: str) -> bool:
    """Whether PKG/.Act or PKG/full.Act names an activity that a virtual phone has."""
    package, _, name = component.partition("/")
    known = {MAIN_ACTIVITIES.get(package, ""), *SHARE_ACTIVITIES.get(package, ())}
    full = {package + a if a.startswith(".") else a for a in known if a}
    return bool(name) and (package + name if name.startswith(".") else name) in full


@dataclass(slots=True)
class Package:
    """One installed package."""

    name: str
    version: str
    code: int
    path: str
    system: bool = False
    enabled: bool = True
    permissions: dict[str, bool] = field(default_factory=dict)


def posting_app(name: str) -> Package:
    """A posting app as an operator has set it up: it may read media, and not contacts."""
    version, code = _VERSIONS[name]
    return Package(
        name,
        version,
        code,
        f"/data/app/~~V1rT==/{name}-r4cK==/base.apk",
        permissions={
            "android.permission.READ_MEDIA_VIDEO": True,
            "android.permission.READ_MEDIA_IMAGES": True,
            "android.permission.POST_NOTIFICATIONS": True,
            "android.permission.CAMERA": True,
            "android.permission.RECORD_AUDIO": True,
            "android.permission.READ_CONTACTS": False,
        },
    )


def factory_packages() -> dict[str, Package]:
    """What a phone comes with."""
    found = [
        posting_app(TIKTOK),
        posting_app(INSTAGRAM),
        Package(ADB_KEYBOARD, "2.5-dev", 25, f"/data/app/~~K3y==/{ADB_KEYBOARD}-b0d==/base.apk"),
        Package(GBOARD, "14.0.1", 140001, "/product/app/LatinIME/LatinIME.apk", system=True),
        Package(LAUNCHER, "14", 34, "/system_ext/priv-app/Launcher/Launcher.apk", system=True),
        Package(SYSTEM_UI, "14", 34, "/system_ext/priv-app/SystemUI/SystemUI.apk", system=True),
        Package(
            "com.android.settings",
            "14",
            34,
            "/system_ext/priv-app/Settings/Settings.apk",
            system=True,
        ),
    ]
    return {p.name: p for p in found}


def factory_settings() -> dict[str, dict[str, str]]:
    """What `settings` shows on a new phone, by namespace."""
    return {
        "global": {
            "airplane_mode_on": "0",
            "window_animation_scale": "1.0",
            "transition_animation_scale": "1.0",
            "animator_duration_scale": "1.0",
            "adb_enabled": "1",
        },
        "secure": {
            "default_input_method": IMES[GBOARD],
            "enabled_input_methods": IMES[GBOARD],
        },
        "system": {
            "system_locales": "en-US",
            "screen_brightness": "102",
            "accelerometer_rotation": "0",
        },
    }
