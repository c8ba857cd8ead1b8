"""What a create request becomes, decided without a database, a file or a phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from pydantic import ValidationError

from tmcore.accounts import Account
from tmcore.devices import Device, DeviceState
from tmcore.engine.creation import Request, Stock, check, drafts
from tmcore.errors import BadInput, NotFound
from tmcore.model import NewTask
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.paths import paths_of
from tmcore.scripts.script import Deal
from tmcore.settings import Settings
from tmcore.store.times import to_ms

NOW = datetime(2026, 11, 24, 9, 30, 20, tzinfo=UTC)
CONFIG = {"material_list": ["/home/ann/clip.mp4"], "captions": "a"}


def account(number: int, username: str, serial: str, **changes: object) -> Account:
    values: dict[str, object] = {
        "id": number, "app": "tiktok", "username": username, "serial": serial, "created_at": NOW,
    }  # fmt: skip
    return Account.model_validate(values | changes)


@pytest.fixture
def stock() -> Stock:
    devices = {s: Device(serial=s, state=DeviceState.READY) for s in ("R1", "R2", "R3")}
    accounts = (account(1, "ann", "R1"), account(2, "bob", "R2"), account(3, "eve", "R2"))
    return Stock(devices, accounts, Settings(time_zone="Europe/Berlin"), NOW, Random(1))


def asked(stock: Stock, **fields: object) -> Request:
    values: dict[str, object] = {"script_name": "post", "script_config": CONFIG}
    return check(NewTask.model_validate(values | fields), stock)


def targets(request: Request) -> list[tuple[str, str | None]]:
    return [(target.serial, target.username) for target in request.targets]


def test_a_device_with_one_account_posts_for_it(stock: Stock) -> None:
    """Then a wrong open account is noticed; with two or none the open one posts, with a warning."""
    request = asked(stock, serials=["R1", "R2", "R3"])

    assert targets(request) == [("R1", "ann"), ("R2", None), ("R3", None)]
    assert [w.split()[0] for w in request.warnings] == ["R2", "R3"]


def test_several_accounts_make_a_task_each(stock: Stock) -> None:
    """enable_multi_account: one task per account of each device; a bare device is refused."""
    request = asked(stock, serials=["R1", "R2"], enable_multi_account=True)

    assert targets(request) == [("R1", "ann"), ("R2", "bob"), ("R2", "eve")]
    with pytest.raises(BadInput, match="R3"):
        asked(stock, serials=["R1", "R3"], enable_multi_account=True)


def test_usernames_win_and_lead_to_their_phones(stock: Stock) -> None:
    """@ is optional, case does not matter, and serials given beside them do not add tasks."""
    request = asked(stock, usernames=["@Bob", "ANN"], serials=None)

    assert targets(request) == [("R2", "bob"), ("R1", "ann")]
    assert targets(asked(stock, usernames=["ann"], serials=["R1", "R3"])) == [("R1", "ann")]


def test_every_unknown_name_is_told(stock: Stock) -> None:
    """Not only the first."""
    with pytest.raises(NotFound, match="'X1', 'X2'"):
        asked(stock, serials=["X1", "R1", "X2"])
    with pytest.raises(NotFound, match="'zoe', 'yan'"):
        asked(stock, usernames=["zoe", "ann", "@yan"])


def test_a_name_on_two_phones_needs_a_serial(stock: Stock) -> None:
    """One that is in two apps or on two phones is named with both; serials decides."""
    stock = replace(stock, accounts=(*stock.accounts, account(4, "ann", "R3")))

    with pytest.raises(BadInput, match="R1 and in tiktok on R3; serials decides"):
        asked(stock, usernames=["ann"])
    assert targets(asked(stock, usernames=["ann"], serials=["R3"])) == [("R3", "ann")]


def test_usernames_win_over_serials(stock: Stock) -> None:
    """A name on one phone goes there, whatever serials says beside it."""
    assert targets(asked(stock, usernames=["ann"], serials=["R3", "gone"])) == [("R1", "ann")]


def test_a_start_long_past_is_told(stock: Stock) -> None:
    """A start_at of last year is due at once, with a warning; one of this minute has none."""
    late, now = stock.now - timedelta(days=365), stock.now - timedelta(seconds=30)

    assert "is past" in asked(stock, serials=["R1"], start_at=late).warnings[0]
    assert not any("past" in said for said in asked(stock, serials=["R1"], start_at=now).warnings)


def test_refusals_are_spelled_as_json(stock: Stock) -> None:
    """What was sent as true is called true."""
    config = {"app": "instagram", "placement": "story", "captions": "", "ai_label": True}
    with pytest.raises(BadInput, match="ai_label: true: a story has none"):
        asked(stock, serials=["R1"], script_config={**CONFIG, **config})


def test_a_name_in_two_apps_needs_the_app(stock: Stock) -> None:
    """script_config.app decides."""
    twin = account(4, "ann", "R1", app="instagram")
    stock = replace(stock, accounts=(*stock.accounts, twin))

    with pytest.raises(BadInput, match=r"script_config\.app decides"):
        asked(stock, usernames=["ann"])
    request = asked(stock, usernames=["ann"], script_config={**CONFIG, "app": "tiktok"})
    assert targets(request) == [("R1", "ann")]


def test_a_disabled_account_is_refused(stock: Stock) -> None:
    """It is named, and nothing else is made."""
    stock = replace(stock, accounts=(account(1, "ann", "R1", enabled=False),))

    with pytest.raises(BadInput, match="disabled"):
        asked(stock, usernames=["ann"])


def test_intervals_chain_the_tasks_of_a_request(stock: Stock) -> None:
    """Each is due 5 to 15 minutes after the one before it."""
    due = asked(stock, serials=["R1", "R2", "R3"], min_interval=5, max_interval=15).due

    gaps = [b - a for a, b in pairwise(due)]
    assert due[0] == NOW
    assert all(timedelta(minutes=5) <= gap <= timedelta(minutes=15) for gap in gaps)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("10:30", NOW),  # Berlin's clock shows it now: the present minute means at once
        ("10:31", datetime(2026, 11, 24, 9, 31, tzinfo=UTC)),
        ("10:29", datetime(2026, 11, 25, 9, 29, tzinfo=UTC)),
    ],
)
def test_start_time_is_read_on_the_configured_zones_clock(
    stock: Stock, text: str, due: datetime
) -> None:
    """Today if still ahead, at once in the present minute, else tomorrow."""
    assert asked(stock, serials=["R1"], start_time=text).due == (due,)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"start_at": "2026-11-24T12:00:00"}, "offset"),
        ({"start_at": "2028-01-01T00:00:00Z"}, "year"),
        ({"start_at": "2026-11-24T12:00:00Z", "start_time": "12:00"}, "one of them"),
    ],
)
def test_a_start_that_cannot_be_meant_is_refused(
    stock: Stock, given: dict[str, str], says: str
) -> None:
    """Without a zone, too far ahead, or twice."""
    with pytest.raises(BadInput, match=says):
        asked(stock, serials=["R1"], **given)


def test_random_order_gives_a_random_place_and_never_a_later_one(stock: Stock) -> None:
    """Among tasks that are due already; off, the place is the due time."""
    shuffled = replace(stock, settings=stock.settings.model_copy(update={"random_order": True}))
    serials = ["R1", "R2", "R3"]

    def places(of: Stock) -> list[int]:
        request = asked(of, serials=serials)
        return [draft.place for draft in drafts(request, [Deal()] * 3, of, {})]

    assert places(stock) == [to_ms(NOW)] * 3
    assert len(set(places(shuffled))) == 3
    assert max(places(shuffled)) <= to_ms(NOW)


def test_every_key_is_taken_as_clients_send_it(stock: Stock) -> None:
    """Those of the contract, with numbers as text too; none of these asks for an unproven path."""
    defaults = {
        "rehearse": False, "add_sound": "-1", "sound_wait_time": 10, "image_count": 1,
        "sound_name": "", "custom_sound_keyword": "", "origin_sound_volume": 50,
        "add_sound_volume": 50, "add_product_link": 0, "ai_label": None,
    }  # fmt: skip

    request = asked(stock, serials=["R1"], script_config={**CONFIG, **defaults})

    assert isinstance(request.args, PostArgs)
    assert paths_of(request.args, ("",)) == ()


IMAGES = {"content_type": 1, "material_list": ["/a.png"]}
STORY = {"app": "instagram", "placement": "story", "captions": ""}


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"post_way": "useSound"}, "sound_name", "required for useSound"),
        ({"sound_name": "Night Drive"}, "sound_name", "post_way useSound, not share"),
        ({"add_sound": "custom"}, "custom_sound_keyword", "required for add_sound custom"),
        ({"custom_sound_keyword": "sea"}, "custom_sound_keyword", "add_sound custom, not -1"),
        ({"add_sound": 2}, "add_sound", "-1, 0, 1"),
        ({"post_way": "useSound", "sound_name": "Sea", "add_sound": 0}, "add_sound", "contradicts"),
        ({"origin_sound_volume": 101}, "origin_sound_volume", "101"),
        ({"add_sound": 1, "add_sound_volume": -1}, "add_sound_volume", "-1"),
        ({"add_sound_volume": 80}, "add_sound_volume", "needs an added sound"),
        ({"sound_wait_time": -1}, "sound_wait_time", "-1"),
        ({**IMAGES, "origin_sound_volume": 10}, "origin_sound_volume", "only a video"),
        ({"app": "instagram", "add_product_link": 1}, "add_product_link", "only tiktok"),
        ({**STORY, "add_sound": 1}, "add_sound", "a story has none"),
        ({**STORY, "post_way": "useSound", "sound_name": "Sea"}, "post_way", "a story has none"),
        ({**STORY, "ai_label": True}, "ai_label", "a story has none"),
        (
            {"post_way": "useSound", "sound_name": "https://www.instagram.com/reels/audio/1/"},
            "sound_name", "not tiktok's",
        ),
        (
            {**IMAGES, "app": "instagram", "post_way": "useSound",
             "sound_name": "https://www.instagram.com/reels/audio/1/"},
            "sound_name", "makes a reel",
        ),
    ],
)  # fmt: skip
def test_wrong_sounds_links_and_labels_are_refused(
    stock: Stock, config: dict[str, object], field: str, words: str
) -> None:
    """Each by its name, with the value and what is allowed."""
    with pytest.raises(BadInput) as refused:
        asked(stock, serials=["R1"], script_config={**CONFIG, **config})

    assert [e.field for e in refused.value.errors] == [f"script_config.{field}"]
    assert words in refused.value.errors[0].message


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"app": "tiktok", "placement": "story"}, "placement"),
        ({"app": "instagram", "placement": "story", "captions": "Hello"}, "captions"),
        (
            {"app": "instagram", "placement": "story", "content_type": 1, "image_count": 2,
             "captions": "", "material_list": ["/a.png", "/b.png"]},
            "image_count",
        ),
    ],
)  # fmt: skip
def test_what_an_app_cannot_do_is_refused_by_name(
    stock: Stock, config: dict[str, object], field: str
) -> None:
    """Known before anything is queued."""
    with pytest.raises(BadInput) as refused:
        asked(stock, serials=["R1"], script_config={**CONFIG, **config})

    assert [error.field for error in refused.value.errors] == [f"script_config.{field}"]


def test_the_accounts_decide_the_app(stock: Stock) -> None:
    """Where all that are meant are of one app; a request posts in one app only."""
    twin = account(4, "zoe", "R3", app="instagram")
    stock = replace(stock, accounts=(*stock.accounts, twin))

    assert asked(stock, usernames=["zoe"]).app == "instagram"
    assert asked(stock, usernames=["ann"]).app == "tiktok"
    with pytest.raises(BadInput, match="one request posts in one app"):
        asked(stock, usernames=["ann", "zoe"])


@pytest.mark.parametrize("start_at", [1790000000, "1790000000", "2026-11-24", True])
def test_a_start_is_a_time_written_out(stock: Stock, start_at: object) -> None:
    """A number could be seconds, milliseconds or a slip; it is refused, not posted at once."""
    with pytest.raises(ValidationError, match="is not a time such as"):
        asked(stock, serials=["R1"], start_at=start_at)
