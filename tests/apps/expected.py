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
    rows: dict[str, str] = field(default_factory=dict)  # of the accounts with these names
    under: str = ""  # where the button is that publishes, below what covers it
    pending: str = ""  # what the app says of an upload
    done: str = ""
    failure: str = ""


UNKNOWN = Is("unknown")


def instagram_nav(top: int, bottom: int) -> dict[str, str]:
    return {"nav_home": f"[0,{top}][144,{bottom}]", "nav_profile": f"[576,{top}][720,{bottom}]"}


NAV = {
    "nav_home": "[0,2208][216,2337]",
    "nav_profile": "[864,2208][1080,2337]",
    "create": "[432,2208][648,2337]",
}

REAL: dict[str, Is] = {
    "instagram/ig410_en_account_switcher.reduced.xml": Is(
        "screen",
        "account_switcher",
        {"active_account": "[44,1439][1036,1615]"},
        rows={"user_1": "[44,1439][1036,1615]"},
    ),
    "instagram/ig_2025-12_en_block_captcha.xml": Is("block", "captcha"),
    "instagram/ig_2025-12_en_block_disabled.xml": Is("block", "suspended"),
    "instagram/ig_2025-12_en_block_upload_id.xml": Is("block", "identity"),
    "instagram/ig_2025-12_en_feed_cant_be_posted.xml": Is(
        "screen",
        "feed",
        instagram_nav(1284, 1362) | {"create": "[0,39][79,130]"},
        failure="Video can't be posted",
    ),
    "instagram/ig_2025-12_en_feed_keep_open_progress.xml": Is(
        "screen",
        "feed",
        instagram_nav(1266, 1344)
        | {"create": "[0,48][79,139]", "upload_badge": "[0,354][720,484]"},
        pending="Keep Instagram open to finish posting...",
    ),
    "instagram/ig_2025-12_en_login.xml": Is("block", "login_form"),
    "instagram/ig_2025-12_en_new_post_gallery_selected.xml": Is(
        "screen",
        "gallery_selected",
        {
            "page_title": "[91,0][626,91]",
            "album": "[0,834][191,873]",
            "select_multiple": "[481,827][700,879]",
            "newest_tile": "[182,898][359,1075]",
            "gallery_next": "[626,0][720,91]",
            "mode_post": "[312,1284][408,1342]",
            "mode_story": "[408,1284][519,1342]",
            "mode_reel": "[519,1284][608,1342]",
        },
    ),
    "instagram/ig_2025-12_en_new_reel_gallery.xml": Is(
        "screen",
        "gallery",
        {
            "page_title": "[299,31][421,68]",
            "album": "[0,209][172,246]",
            "select_multiple": "[644,203][702,261]",
            "newest_tile": "[242,274][478,693]",
            "mode_post": "[303,1285][400,1340]",
            "mode_story": "[400,1285][513,1340]",
            "mode_reel": "[513,1285][607,1341]",
        },
    ),
    "instagram/ig_2025-12_en_own_profile.xml": Is(
        "screen",
        "own_profile",
        instagram_nav(1284, 1362)
        | {
            "create": "[0,39][79,130]",
            "username": "[105,39][549,130]",
            "account_menu": "[105,39][549,130]",
            "post_count": "[208,201][344,287]",
        },
    ),
    "instagram/ig_2025-12_en_reel_composer_caption_focused_ok.xml": Is(
        "screen",
        "composer",
        {
            "page_title": "[117,65][255,104]",
            "description": "[26,134][694,212]",
            "caption_ok": "[634,52][707,130]",
            "ai_switch": "[609,569][694,621]",
        },
    ),
    "instagram/ig_2025-12_en_reel_composer_caption_typed.xml": Is(
        "screen",
        "composer",
        {
            "page_title": "[117,65][255,104]",
            "description": "[26,141][694,305]",
            "ai_switch": "[609,738][694,790]",
            "caption_ok": "[634,52][707,130]",
            "post_button": "[373,1257][694,1329]",
            "drafts": "[26,1257][347,1329]",
        },
    ),
    "instagram/ig_2025-12_en_reel_composer_empty.xml": Is(
        "screen",
        "composer",
        {
            "page_title": "[117,65][255,104]",
            "description": "[26,637][694,715]",
            "ai_switch": "[609,1148][694,1200]",
            "post_button": "[373,1257][694,1329]",
            "drafts": "[26,1257][347,1329]",
        },
    ),
    "instagram/ig_2025-12_en_reel_editor.xml": Is(
        "screen",
        "editor",
        {
            "editor_next": "[579,1292][700,1362]",
            "sound_pill": "[12,1126][83,1197]",
            "volume_button": "[593,1126][664,1197]",
        },
    ),
    "instagram/ig_2025-12_en_reels_tab_done_posting.xml": Is(
        "screen",
        "reels_tab",
        instagram_nav(1266, 1344) | {"create_reel": "[0,62][77,139]"},
        done="Done posting. Want to send it directly to friends?",
    ),
    "instagram/ig_2025-12_en_reels_tab_sharing_progress.xml": Is(
        "screen",
        "reels_tab",
        instagram_nav(1284, 1362)
        | {"create_reel": "[0,53][77,130]", "upload_badge": "[13,1161][707,1271]"},
        pending="Sharing to Reels...",
    ),
    "instagram/ig_2026-02_en_story_editor.xml": Is(
        "screen", "story_editor", {"story_share": "[36,1608][456,1740]"}
    ),
    "android/android12_fr_permission_camera.xml": Is(
        "dialog", "permission", button="[72,1350][1008,1504]"
    ),
    "tiktok/tt4314_en_account_switcher.reduced.xml": Is(
        "screen",
        "account_switcher",
        {"active_account": "[0,958][720,1084]"},
        rows={
            "acct_a": "[0,958][720,1084]",
            "@acct_b": "[0,1084][720,1210]",
            "acct_c": "[0,1210][720,1336]",
        },
    ),
    "tiktok/tt4314_en_camera_photo_tab.xml": Is(
        "screen",
        "camera",
        {"post_tab": "[457,2115][623,2233]", "gallery_thumb": "[0,2081][210,2239]"},
    ),
    "tiktok/tt4314_en_contacts_dialog.xml": Is("dialog", "contacts", button="[172,1348][539,1473]"),
    "tiktok/tt4314_en_create_mode_tab.xml": Is(
        "screen", "create_tab", {"post_tab": "[271,2115][437,2233]"}
    ),
    "tiktok/tt4314_en_editor.xml": Is(
        "screen",
        "editor",
        {
            "editor_next": "[545,2123][1048,2239]",
            "sound_pill": "[278,198][703,314]",
            "sound_now": "[278,198][703,314]",
            "sound_remove": "[703,198][801,314]",
        },
    ),
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
            "account_menu": "[205,342][515,381]",
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
            "add_link": "[0,1413][1080,1539]",
            "more_options": "[0,1665][1080,1832]",
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
ROWS = {"add_link": "[0,900][900,1000]", "more_options": "[0,1100][900,1200]"}
BARE_VIDEO = {
    "description": "[36,300][600,640]",
    "post_button": "[460,1720][870,1830]",
    "drafts": "[30,1720][440,1830]",
}
VIDEO = BARE_VIDEO | ROWS
PHOTO = VIDEO | {"title": "[36,240][864,290]", "description": "[36,300][864,640]"}
TILES = {"videos_tab": "[235,210][435,305]", "newest_tile": "[5,310][295,600]"}

IG_NAV = {"nav_home": "[0,1740][180,1850]", "nav_profile": "[720,1740][900,1850]"}
IG_POST = {
    "page_title": "[140,90][420,140]",
    "description": "[30,500][870,600]",
    "post_button": "[40,1740][860,1830]",
}
IG_MODES = {
    "mode_post": "[300,1720][430,1790]",
    "mode_story": "[430,1720][580,1790]",
    "mode_reel": "[580,1720][700,1790]",
}
IG_NAME = {"username": "[130,60][700,170]", "account_menu": "[130,60][700,170]"}
SHARE = "[40,1740][860,1830]"

OURS: dict[str, Is] = {
    "android_launcher.xml": UNKNOWN,
    "android_permission_camera_de.xml": Is("dialog", "permission", button="[60,1140][840,1250]"),
    "android_permission_media_de.xml": Is(
        "dialog", "permission_media", button="[60,1020][840,1130]"
    ),
    "android_permission_media_id.xml": Is(
        "dialog", "permission_media", button="[60,1020][840,1130]"
    ),
    "android_permission_media_all.xml": Is(
        "dialog", "permission_media", button="[60,1130][840,1250]"
    ),
    "android_permission_microphone_fr.xml": Is(
        "dialog", "permission", button="[60,1260][840,1380]"
    ),
    "instagram_about_reels.xml": Is(
        "screen", "confirm_publish", {"publish_now": "[40,1640][860,1750]"}, under=SHARE
    ),
    "instagram_account_sheet_over_profile.xml": Is(
        "screen",
        "account_switcher",
        {"active_account": "[40,1060][860,1180]"},
        rows={"my.shop_1": "[40,1060][860,1180]", "my.shop_2": "[40,1190][860,1310]"},
    ),
    "instagram_comments.xml": UNKNOWN,
    "instagram_comments_without_ids.xml": UNKNOWN,
    "instagram_composer_download_notice.xml": Is(
        "dialog", "download_notice", button="[40,1560][860,1670]", under=SHARE
    ),
    "instagram_composer_other_words.xml": Is("screen", "composer", IG_POST),
    "instagram_composer_post.xml": Is("screen", "composer", IG_POST),
    "instagram_composer_scrolled_down.xml": Is(
        "screen", "composer", {"page_title": "[140,90][420,140]", "post_button": SHARE}
    ),
    "instagram_composer_unknown_sheet.xml": Is("unknown", under=SHARE),
    "instagram_composer_keyboard.xml": Is(
        "screen",
        "composer",
        {
            "page_title": "[140,90][420,140]",
            "description": "[30,180][870,330]",
            "caption_ok": "[780,70][890,160]",
        },
    ),
    "instagram_create_sheet.xml": Is(
        "screen",
        "create_sheet",
        {
            "sheet_reel": "[0,1120][900,1210]",
            "sheet_post": "[0,1220][900,1310]",
            "sheet_story": "[0,1320][900,1410]",
        },
    ),
    "instagram_discard.xml": Is(
        "screen",
        "discard_prompt",
        {
            "discard": "[80,950][820,1050]",
            "save_draft": "[80,1060][820,1160]",
            "keep_editing": "[80,1170][820,1270]",
        },
    ),
    "instagram_edit_info.xml": UNKNOWN,
    "instagram_empty.xml": UNKNOWN,
    "instagram_feed_with_alarming_words.xml": Is("screen", "feed", IG_NAV),
    "instagram_gallery_multi.xml": Is(
        "screen",
        "gallery_selected",
        IG_MODES
        | {
            "page_title": "[350,60][550,120]",
            "album": "[0,200][240,280]",
            "select_multiple": "[780,200][870,280]",
            "newest_tile": "[300,300][598,700]",
            "gallery_next": "[640,1620][880,1690]",
        },
    ),
    "instagram_message_sheet.xml": UNKNOWN,
    "instagram_old_feed_with_create.xml": Is(
        "screen", "feed", IG_NAV | {"create": "[360,1740][540,1850]"}
    ),
    "instagram_other_profile.xml": Is("screen", "home", IG_NAV),
    "instagram_own_profile_scrolled.xml": Is(
        "screen", "own_profile", IG_NAV | IG_NAME | {"create": "[0,60][110,170]"}
    ),
    "instagram_photo_editor.xml": Is(
        "screen",
        "editor",
        {"editor_next": "[700,60][900,170]", "sound_pill": "[20,1500][200,1740]"},
    ),
    "instagram_search_with_keyboard.xml": Is("screen", "home", IG_NAV),
    "instagram_splash.xml": Is("screen", "splash"),
    "instagram_story_camera.xml": Is(
        "screen", "camera", IG_MODES | {"gallery_thumb": "[30,1480][140,1600]"}
    ),
    "instagram_story_notice.xml": Is("dialog", "story_notice", button="[110,1480][790,1580]"),
    "instagram_try_again_later.xml": Is("block", "limited"),
    "instagram_use_another_profile.xml": Is("block", "login_page"),
    "tiktok_add_phone.xml": Is("dialog", "add_phone", button="[790,910][880,1010]"),
    "tiktok_camera_fr.xml": Is(
        "screen",
        "camera",
        {"post_tab": "[330,1680][520,1780]", "gallery_thumb": "[0,1640][175,1780]"},
    ),
    "tiktok_camera_refused.xml": Is(
        "screen",
        "camera",
        {"post_tab": "[390,1700][540,1790]", "gallery_thumb": "[20,1690][140,1800]"},
    ),
    "tiktok_chat.xml": UNKNOWN,
    "tiktok_comment_with_keyboard_fr.xml": UNKNOWN,
    "tiktok_comments.xml": UNKNOWN,
    "tiktok_composer_fr_other_words.xml": Is(
        "screen",
        "composer",
        {
            "description": "[36,300][600,560]",
            "post_button": "[460,1720][870,1830]",
            "drafts": "[30,1720][440,1830]",
        },
    ),
    "tiktok_discard.xml": Is(
        "screen",
        "discard_prompt",
        {
            "discard": "[140,800][760,900]",
            "save_draft": "[140,910][760,1010]",
            "keep_editing": "[140,1020][760,1120]",
        },
    ),
    "tiktok_editor_fr.xml": Is("screen", "editor", {"editor_next": "[460,1720][870,1830]"}),
    "tiktok_gallery_fr.xml": Is(
        "screen", "gallery_selected", TILES | {"gallery_next": "[460,1720][870,1830]"}
    ),
    "tiktok_login_by_code_fr.xml": Is("block", "login_by_code"),
    "tiktok_other_profile.xml": UNKNOWN,
    "tiktok_profile_bidi.xml": Is(
        "screen",
        "own_profile",
        OUR_NAV | {"username": "[350,315][550,345]", "account_menu": "[330,270][570,310]"},
    ),
    "tiktok_search_results.xml": UNKNOWN,
    "android_permission_media.xml": Is("dialog", "permission_media", button="[60,1250][840,1370]"),
    "tiktok_banned.xml": Is("block", "suspended"),
    "tiktok_captcha.xml": Is("block", "captcha"),
    "tiktok_composer_keyboard_hidden.xml": Is(
        "screen",
        "composer",
        {"description": "[36,300][600,640]", "add_link": ROWS["add_link"]},
        under="[460,1720][870,1830]",
    ),
    "tiktok_composer_keyboard_moved.xml": Is(
        "screen",
        "composer",
        {"description": "[36,300][600,640]", "post_button": "[740,120][870,196]"},
    ),
    "tiktok_composer_photo_both_typed.xml": Is("screen", "composer", PHOTO),
    "tiktok_composer_photo_typed.xml": Is("screen", "composer", PHOTO),
    "tiktok_composer_suggestions.xml": Is(
        "screen",
        "composer",
        {"description": "[36,300][600,640]"},
        under="[460,1720][870,1830]",
    ),
    "tiktok_composer_video.xml": Is("screen", "composer", VIDEO),
    "tiktok_composer_video_fr.xml": Is("screen", "composer", BARE_VIDEO),
    "tiktok_composer_video_id.xml": Is("screen", "composer", BARE_VIDEO),
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
        OUR_NAV | {"username": "[350,315][550,345]", "account_menu": "[330,270][570,310]"},
    ),
    "tiktok_own_profile_two_handles.xml": Is("screen", "own_profile", OUR_NAV),
    "tiktok_profile_logged_out.xml": Is("block", "logged_out_profile"),
    "tiktok_unknown_dialog_window.xml": Is("unknown", under="[460,1720][870,1830]"),
    "tiktok_unknown_sheet_es.xml": UNKNOWN,
    "tiktok_unknown_sheet_in_tree.xml": UNKNOWN,
    "tiktok_unknown_sheet_named.xml": UNKNOWN,
    "tiktok_uploading_window_last.xml": Is(
        "screen", "home", OUR_NAV | {"upload_badge": "[46,272][106,303]"}
    ),
}
