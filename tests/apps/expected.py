"""What each dump is, and where its targets are: node, and the node to tap where that differs.

Targets that are not named here must not be found.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Is:
    kind: str
    name: str = ""
    targets: dict[str, str] = field(default_factory=dict)
    button: str = ""


UNKNOWN = Is("unknown")
NAV = {
    "nav_home": "[0,2208][216,2337]",
    "nav_profile": "[864,2208][1080,2337]",
    "create": "[432,2208][648,2337]",
}

REAL: dict[str, Is] = {
    "android/android12_fr_permission_camera.xml": Is(
        "dialog", "permission", button="[72,1350][1008,1504]"
    ),
    "tiktok/tt4314_en_account_switcher.reduced.xml": Is("screen", "account_switcher"),
    "tiktok/tt4314_en_camera_photo_tab.xml": Is(
        "screen",
        "camera",
        {"post_tab": "[457,2115][623,2233]", "gallery_thumb": "[0,2081][210,2239]"},
    ),
    "tiktok/tt4314_en_contacts_dialog.xml": Is("dialog", "contacts", button="[172,1348][539,1473]"),
    "tiktok/tt4314_en_create_mode_tab.xml": Is(
        "screen", "create_tab", {"post_tab": "[271,2115][437,2233]"}
    ),
    "tiktok/tt4314_en_editor.xml": Is("screen", "editor", {"editor_next": "[545,2123][1048,2239]"}),
    "tiktok/tt4314_en_flow_7_after_post_friends_tab.flat.xml": Is("screen", "home", NAV),
    "tiktok/tt4314_en_gallery_picker.xml": Is(
        "screen",
        "gallery",
        {"videos_tab": "[254,262][501,380]", "newest_tile": "[5,385][359,742]"},
    ),
    "tiktok/tt4314_en_home_feed.xml": Is("screen", "home", NAV),
    "tiktok/tt4314_en_own_profile.reduced.xml": Is(
        "screen",
        "own_profile",
        {
            "username": "[251,386][468,412]",
            "display_name": "[205,342][515,381]",
            "nav_profile": "[576,1390][720,1476]",
        },
    ),
    "tiktok/tt4314_en_post_screen_photo.xml": Is(
        "screen",
        "composer",
        {
            "title": "[42,584][1038,637]",
            "description": "[42,691][1038,1059]",
            "post_button": "[550,2179][1048,2305]",
            "drafts": "[32,2179][529,2305]",
        },
    ),
    "tiktok/tt4314_fr_update_prompt_unlabelled.reduced.xml": UNKNOWN,
    "tiktok/tt4663_en_uploading_badge.reduced.xml": Is(
        "screen", "uploading", {"upload_badge": "[56,344][127,383]"}
    ),
    "tiktok/tt_en_blank_splash.xml": Is("screen", "splash"),
    "tiktok/tt_en_login.reduced.xml": Is("block", "login_form"),
}

OUR_NAV = {
    "nav_home": "[0,1750][180,1850]",
    "nav_profile": "[720,1750][900,1850]",
    "create": "[360,1750][540,1850]",
}
VIDEO = {
    "description": "[36,300][600,640]",
    "post_button": "[460,1720][870,1830]",
    "drafts": "[30,1720][440,1830]",
}
PHOTO = VIDEO | {"title": "[36,240][864,290]", "description": "[36,300][864,640]"}
TILES = {"videos_tab": "[235,210][435,305]", "newest_tile": "[5,310][295,600]"}

OURS: dict[str, Is] = {
    "android_permission_media.xml": Is("dialog", "permission_media", button="[60,1250][840,1370]"),
    "tiktok_banned.xml": Is("block", "suspended"),
    "tiktok_captcha.xml": Is("block", "captcha"),
    "tiktok_composer_keyboard_hidden.xml": Is(
        "screen", "composer", {"description": "[36,300][600,640]"}
    ),
    "tiktok_composer_keyboard_moved.xml": Is(
        "screen",
        "composer",
        {"description": "[36,300][600,640]", "post_button": "[740,120][870,196]"},
    ),
    "tiktok_composer_photo_both_typed.xml": Is("screen", "composer", PHOTO),
    "tiktok_composer_photo_typed.xml": Is("screen", "composer", PHOTO),
    "tiktok_composer_suggestions.xml": Is(
        "screen", "composer", {"description": "[36,300][600,640]"}
    ),
    "tiktok_composer_video.xml": Is("screen", "composer", VIDEO),
    "tiktok_composer_video_fr.xml": Is("screen", "composer", VIDEO),
    "tiktok_composer_video_typed.xml": Is("screen", "composer", VIDEO),
    "tiktok_confirm_publish.xml": Is(
        "screen", "confirm_publish", {"publish_now": "[460,1060][760,1160]"}
    ),
    "tiktok_create_tab.xml": Is("screen", "create_tab", {"post_tab": "[220,1670][360,1780]"}),
    "tiktok_editor_video.xml": Is("screen", "editor", {"editor_next": "[460,1720][870,1830]"}),
    "tiktok_empty.xml": UNKNOWN,
    "tiktok_feed_with_alarming_words.xml": Is("screen", "home", OUR_NAV),
    "tiktok_gallery.xml": Is("screen", "gallery", TILES),
    "tiktok_gallery_selected.xml": Is(
        "screen", "gallery_selected", TILES | {"gallery_next": "[460,1720][870,1830]"}
    ),
    "tiktok_home_uploading.xml": Is(
        "screen", "home", OUR_NAV | {"upload_badge": "[46,272][106,303]"}
    ),
    "tiktok_own_profile.xml": Is(
        "screen",
        "own_profile",
        OUR_NAV | {"username": "[350,315][550,345]", "display_name": "[330,270][570,310]"},
    ),
    "tiktok_own_profile_two_handles.xml": Is("screen", "own_profile", OUR_NAV),
    "tiktok_profile_logged_out.xml": Is("block", "logged_out_profile"),
    "tiktok_unknown_dialog_window.xml": UNKNOWN,
    "tiktok_unknown_sheet_in_tree.xml": UNKNOWN,
    "tiktok_unknown_sheet_named.xml": UNKNOWN,
}
