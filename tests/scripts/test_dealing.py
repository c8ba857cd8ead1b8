"""What the tasks of a request are dealt: from real files, and a library and a ledger in memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image as Pillow

from tmcore.errors import BadInput
from tmcore.materials import Material, MediaKind
from tmcore.media.inspection import NotQuick
from tmcore.media.sample import make_video
from tmcore.rules.dealing import ALWAYS, EVERYBODY, Reuse
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.dealing import Dealer
from tmcore.scripts.script import Dealt, Order

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Store:
    """A library and a ledger in memory; satisfies Supply."""

    library: list[Material] = field(default_factory=list)
    pressed: dict[str, list[str]] = field(default_factory=dict)
    reserved: dict[str, list[str]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)

    def materials(self, kind: MediaKind, tags: Sequence[str]) -> list[Material]:
        return [
            one for one in self.library
            if one.kind == kind and (not tags or set(tags) & set(one.tags))
        ]  # fmt: skip

    def used(self, sha256: str) -> Sequence[str]:
        return self.pressed.get(sha256, [])

    def held(self, sha256: str) -> Sequence[str]:
        return self.reserved.get(sha256, [])

    def turn(self, name: str) -> int:
        return self.turns.get(name, 0)

    def keep(self, path: Path, **known: Any) -> Material:
        kind: MediaKind = "video" if path.suffix == ".mp4" else "image"
        made = Material(
            id=len(self.library) + 1, path=str(path), kind=kind, sha256=sha256_of(path),
            size_bytes=path.stat().st_size, width=1, height=1, added_at=NOW, **known,
        )  # fmt: skip
        self.library.append(made)
        return made


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three videos, each of its own content."""
    folder = tmp_path_factory.mktemp("clips")
    return [make_video(folder / f"{name}.mp4", 3, seed) for seed, name in enumerate("abc")]


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Forty images, each of its own colour; their names are not in the order of the list."""
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for number in range(40):
        path = folder / f"{number * 7 % 40:02}.jpg"
        Pillow.new("RGB", (8, 8), (number * 6, 99, 7)).save(path)
        made.append(path)
    return made


Deal = Callable[..., Dealt]


@pytest.fixture
def deal(store: Store) -> Deal:
    """Deals a config to usernames, with every folder allowed."""
    dealer = Dealer()

    def run(
        *usernames: str | None, app: Any = "tiktok", reuse: Reuse = "never", seed: int = 1,
        quick: bool = False, **config: Any,
    ) -> Dealt:  # fmt: skip
        order = Order(app, usernames or (None,), ["/"], reuse, store, Random(seed))
        return dealer.deal(PostArgs.model_validate(config), order, quick=quick)

    return run


def paths(dealt: Dealt) -> list[list[str]]:
    """The names of the files of each task."""
    return [[media.path.name for media in one.files] for one in dealt.deals]


def listed(*files: Path) -> list[str]:
    return [str(file) for file in files]


def refusal(deal: Deal, *usernames: str | None, **config: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        deal(*usernames, **config)
    return {error.field.removeprefix("script_config."): error.message
            for error in refused.value.errors}  # fmt: skip


# a list


def test_the_videos_of_a_list_are_dealt_in_turn(deal: Deal, clips: list[Path]) -> None:
    """In the operator's order, and from the front again; nothing is reserved."""
    dealt = deal("ann", "bob", "eve", "dan", material_list=listed(*clips[:2]))

    assert paths(dealt) == [["a.mp4"], ["b.mp4"], ["a.mp4"], ["b.mp4"]]
    assert {one.scope for one in dealt.deals} == {None}
    assert dealt.deals[0].media_sha256 == sha256_of(clips[0])


def test_videos_that_nobody_gets_are_told(deal: Deal, clips: list[Path]) -> None:
    """More files than tasks is a warning, not a refusal."""
    assert deal(None, material_list=listed(*clips)).warnings == (
        "2 of 3 files in material_list are not used",
    )


def test_a_list_of_images_is_one_post(deal: Deal, photos: list[Path]) -> None:
    """The whole list, in the operator's order and not by name; each task gets all of it."""
    dealt = deal("ann", "bob", content_type=1, material_list=listed(*photos[:35]))

    assert paths(dealt) == [[photo.name for photo in photos[:35]]] * 2
    assert dealt.deals[0].more[33].sha256 == sha256_of(photos[34])


def test_a_count_cuts_a_list_of_images(deal: Deal, photos: list[Path]) -> None:
    """Each task takes as many as asked, in turn and from the front again."""
    names = [photo.name for photo in photos[:5]]
    dealt = deal("a", "b", content_type=1, image_count=3, material_list=listed(*photos[:5]))

    assert paths(dealt) == [names[:3], [*names[3:], names[0]]]


@pytest.mark.parametrize(("app", "most"), [("tiktok", 35), ("instagram", 20)])
def test_one_image_too_many(deal: Deal, photos: list[Path], app: str, most: int) -> None:
    """Refused with the number and what the app takes; by the list, or by the count."""
    says = f"{most + 1} images are too many; {app} takes 1 to {most}"
    whole = {"content_type": 1, "material_list": listed(*photos[: most + 1])}

    assert refusal(deal, app=app, **whole) == {"material_list": says}
    assert refusal(deal, app=app, **whole, image_count=most + 1) == {"image_count": says}


def test_kinds_are_not_mixed(deal: Deal, clips: list[Path], photos: list[Path]) -> None:
    """An image among videos and a video among images are named, and so is every other fault."""
    mixed = listed(clips[0], photos[0], Path("/gone.mp4"))

    assert (
        "is an image, not a video"
        in (says := refusal(deal, material_list=mixed[:2]))["material_list"]
    )
    assert photos[0].name in says["material_list"]
    both = refusal(deal, content_type=1, material_list=mixed[::-1])
    assert "is a video, not an image" in both["material_list"]


def test_what_the_app_does_not_take(deal: Deal, tmp_path: Path) -> None:
    """A format that another app takes is refused with those that this one takes."""
    Pillow.new("RGB", (8, 8)).save(tmp_path / "a.webp")
    posted = {"content_type": 1, "material_list": [str(tmp_path / "a.webp")]}

    assert paths(deal(**posted)) == [["a.webp"]]
    assert (
        "is webp; instagram takes jpeg, png, gif"
        in (refusal(deal, app="instagram", **posted)["material_list"])
    )


def test_a_quick_look_reads_no_file(deal: Deal, clips: list[Path]) -> None:
    """New files are left to another thread; known ones are dealt at once."""
    with pytest.raises(NotQuick):
        deal(quick=True, material_list=listed(*clips))
    deal(material_list=listed(*clips))

    assert deal(quick=True, material_list=listed(*clips)).deals


def test_a_task_that_will_be_refused_is_told(deal: Deal, store: Store, clips: list[Path]) -> None:
    """A file that the account has posted, with the way to post it again; not for others."""
    store.pressed[sha256_of(clips[0])] = ["tiktok/ann"]
    one = {"material_list": listed(clips[0])}

    [warning] = deal("ann", "bob", **one).warnings
    assert "@ann has posted" in warning
    assert "already_posted" in warning
    assert deal("ann", **one, allow_repeat=True).warnings == ()
    assert deal("ann", **one, allow_repeat=True).deals[0].may_repeat
    assert deal("ann", app="instagram", **one).warnings == ()


# the library


def test_the_library_gives_each_file_once(deal: Deal, store: Store, clips: list[Path]) -> None:
    """Never what was posted or is reserved, by anybody, and what it gives is reserved."""
    for clip in clips:
        store.keep(clip)
    store.pressed[sha256_of(clips[0])] = ["instagram/zoe"]

    dealt = deal("ann", "bob")

    assert paths(dealt) == [["b.mp4"], ["c.mp4"]]
    assert {one.scope for one in dealt.deals} == {EVERYBODY}
    store.reserved[sha256_of(clips[1])] = [EVERYBODY]
    assert paths(deal("ann")) == [["c.mp4"]]
    assert (
        "has no video left for @bob that may be posted"
        in (refusal(deal, "ann", "bob")["material_source"])
    )


def test_the_accounts_own_files_come_first(deal: Deal, store: Store, clips: list[Path]) -> None:
    """Then those without an account; never another account's."""
    store.keep(clips[0])
    store.keep(clips[1], username="bob")
    store.keep(clips[2], username="ann")

    assert paths(deal("ann", "ann", "bob")) == [["c.mp4"], ["a.mp4"], ["b.mp4"]]
    assert paths(deal(None)) == [["a.mp4"]]
    assert "material_source" in refusal(deal, "ann", "ann", "ann")


def test_tags_choose_any_of_them(deal: Deal, store: Store, clips: list[Path]) -> None:
    """In any letter case and with blanks; no tag is the whole library."""
    store.keep(clips[0], tags=("food",))
    store.keep(clips[1], tags=("sea", "sun"))
    store.keep(clips[2])

    assert paths(deal(None, None, materials_tags=" SUN, food ")) == [["a.mp4"], ["b.mp4"]]
    assert refusal(deal, materials_tags="snow")["material_source"] == (
        "the library holds no video with the tags snow; tm material add FILE puts one in"
    )


def test_images_come_by_sort_number(deal: Deal, store: Store, photos: list[Path]) -> None:
    """Then those without one, as they were added; a count that is not there is refused."""
    for photo, sort in zip(photos[:4], (None, 2, 10, None), strict=True):
        store.keep(photo, sort=sort)
    names = [photo.name for photo in photos]

    dealt = deal("ann", content_type=1, image_count=3)

    assert paths(dealt) == [[names[1], names[2], names[0]]]
    assert (
        "has 4 images left for @ann that may be posted, and the post takes 5"
        in (refusal(deal, "ann", content_type=1, image_count=5)["material_source"])
    )


def test_a_files_own_caption_wins(deal: Deal, store: Store, clips: list[Path]) -> None:
    """Over those of the request, which are dealt in turn to the others."""
    store.keep(clips[0], caption="{mine|mine}")
    store.keep(clips[1])
    store.keep(clips[2])

    dealt = deal("a", "b", "c", captions="one\ntwo")

    assert [one.caption for one in dealt.deals] == ["mine", "one", "two"]


def test_an_own_caption_over_the_limit(deal: Deal, store: Store, clips: list[Path]) -> None:
    """What was fine for one app may be too long for another: the material is named."""
    store.keep(clips[0], caption="x" * 2201)

    assert deal("ann").deals
    assert refusal(deal, "ann", app="instagram")["material_source"] == (
        "material 1, line 1 can become 2201 characters long; instagram takes 2200"
    )


def test_per_account_a_file_is_given_once_to_each(
    deal: Deal, store: Store, clips: list[Path]
) -> None:
    """In the same order to every account; who is not known gets what nobody had."""
    for clip in clips:
        store.keep(clip)
    store.pressed[sha256_of(clips[0])] = ["tiktok/ann"]

    dealt = deal("ann", "bob", None, reuse="per_account")

    assert paths(dealt) == [["b.mp4"], ["a.mp4"], ["c.mp4"]]
    assert [one.scope for one in dealt.deals] == ["tiktok/ann", "tiktok/bob", EVERYBODY]


def test_always_goes_round(deal: Deal, store: Store, clips: list[Path]) -> None:
    """What was used least comes first, and what is dealt may be posted again."""
    for clip in clips:
        store.keep(clip)
    store.pressed[sha256_of(clips[0])] = ["tiktok/ann"]

    dealt = deal(*["ann"] * 4, reuse="always")

    assert paths(dealt)[:2] == [["b.mp4"], ["c.mp4"]]
    assert {one.scope for one in dealt.deals} == {ALWAYS}
    assert all(one.may_repeat for one in dealt.deals)


def test_what_is_broken_is_left_out(deal: Deal, store: Store, clips: list[Path],
                                    tmp_path: Path) -> None:  # fmt: skip
    """A file that is gone, or another one by now, is told and the next one is taken."""
    gone = make_video(tmp_path / "gone.mp4", 1, 7)
    changed = make_video(tmp_path / "changed.mp4", 1, 8)
    for clip in (gone, changed, clips[0]):
        store.keep(clip)
    gone.unlink()
    make_video(changed, 1, 9)

    dealt = deal("ann")

    assert paths(dealt) == [["a.mp4"]]
    assert "gone.mp4' does not exist" in dealt.warnings[0]
    assert "is not the file that was added as material 2" in dealt.warnings[1]


def test_why_nothing_is_left_is_told(deal: Deal, store: Store, tmp_path: Path) -> None:
    """With what is wrong with each file that was left out."""
    gone = make_video(tmp_path / "gone.mp4", 1, 7)
    store.keep(gone)
    gone.unlink()

    with pytest.raises(BadInput) as refused:
        deal("ann")

    assert "no video left" in refused.value.errors[0].message
    assert refused.value.errors[1].message == f"left out: '{gone}' does not exist"


def test_a_rehearsal_uses_nothing_up(deal: Deal, store: Store, clips: list[Path]) -> None:
    """It reserves nothing, and takes a used file where there is no other."""
    store.keep(clips[0])
    store.pressed[sha256_of(clips[0])] = ["tiktok/ann"]

    assert paths(deal("ann", rehearse=True)) == [["a.mp4"]]
    assert deal("ann", rehearse=True).deals[0].scope == ALWAYS


def test_a_rehearsal_takes_no_line_of_a_text(deal: Deal, folder: Path) -> None:
    """It shows the caption whose turn it is, and leaves it to the post."""
    (folder / "caption.txt").write_text("one\ntwo\n")

    [dealt] = deal("bob", **in_folder(folder), rehearse=True).deals

    assert (dealt.caption, dealt.turns) == ("one", ())


# a folder


@pytest.fixture
def folder(tmp_path: Path, clips: list[Path], photos: list[Path]) -> Path:
    """A folder with a subfolder of ann's: one video there, two in the root, and images."""
    root = tmp_path / "folder"
    (root / "@Ann").mkdir(parents=True)
    for name, source in {
        "a.mp4": clips[0], "b.mp4": clips[1], "@Ann/c.mp4": clips[2],
        "sort_2_x.jpg": photos[0], "sort_10_a.jpg": photos[1], "z.jpg": photos[2],
        "@Ann/own.jpg": photos[3],
    }.items():  # fmt: skip
        (root / name).write_bytes(source.read_bytes())
    return root


def in_folder(folder: Path, **more: Any) -> dict[str, Any]:
    return {"material_source": "localFolder", "material_path": str(folder), **more}


def test_the_accounts_folder_comes_first(deal: Deal, folder: Path) -> None:
    """Then the root; used files are not taken again, whatever the setting says."""
    dealt = deal("ann", "ann", "bob", reuse="always", **in_folder(folder))

    [first], [second], [third] = paths(dealt)
    assert first == "c.mp4"
    assert {second, third} == {"a.mp4", "b.mp4"}
    assert {one.scope for one in dealt.deals} == {EVERYBODY}
    says = refusal(deal, *["ann"] * 4, **in_folder(folder))["material_path"]
    assert "@Ann' and " in says
    assert "no video left that may be posted" in says


def test_videos_of_a_folder_come_at_random(deal: Deal, folder: Path) -> None:
    """Every one is the first for some dice."""
    firsts = {paths(deal("bob", seed=seed, **in_folder(folder)))[0][0] for seed in range(20)}

    assert firsts == {"a.mp4", "b.mp4"}


def test_images_of_a_folder_come_in_order(deal: Deal, folder: Path) -> None:
    """By sort number, then name; a post is not put together from two folders."""
    three = in_folder(folder, content_type=1, image_count=3)

    assert paths(deal("bob", **three)) == [["sort_2_x.jpg", "sort_10_a.jpg", "z.jpg"]]
    assert paths(deal("ann", **three)) == [["sort_2_x.jpg", "sort_10_a.jpg", "z.jpg"]]
    assert paths(deal("ann", **in_folder(folder, content_type=1))) == [["own.jpg"]]


def test_captions_of_a_folder_go_on_where_they_ended(
    deal: Deal, store: Store, folder: Path
) -> None:
    """One a line, in turn over requests; the subfolder's before the root's; the request's wins."""
    (folder / "caption.txt").write_text("one\n\ntwo\nthree\n")
    (folder / "@Ann" / "caption.txt").write_text("ann's")
    root = str(folder / "caption.txt")
    store.turns[root] = 5

    dealt = deal("bob", "ann", "bob", **in_folder(folder))

    assert [one.caption for one in dealt.deals] == ["three", "ann's", "one"]
    assert [one.turns for one in dealt.deals] == [
        (root,), (str(folder / "@Ann" / "caption.txt"),), (root,),
    ]  # fmt: skip
    asked = deal("bob", **in_folder(folder), captions="mine").deals[0]
    assert (asked.caption, asked.turns) == ("mine", ())


def test_a_wrong_line_of_a_folders_captions(deal: Deal, folder: Path) -> None:
    """Named by file and line, though no task of this request would get it."""
    (folder / "caption.txt").write_text("fine\n#a #b #c #d #e {#f|g}\n{open")

    with pytest.raises(BadInput) as refused:
        deal("bob", **in_folder(folder))

    first, second = (error.message for error in refused.value.errors)
    assert first == (
        f'{folder}/caption.txt, line 2 can have 6 hashtags with the branch "#f" at character 17; '
        "tiktok takes 5"
    )
    assert "line 3, character 1: " in second


def test_sounds_of_a_folder(deal: Deal, folder: Path) -> None:
    """Names before URLs, in turn; what the request names wins; without any it is refused."""
    use = in_folder(folder, post_way="useSound")
    assert "required for useSound" in refusal(deal, "bob", **use)["sound_name"]
    (folder / "sound_urls.txt").write_text("https://www.tiktok.com/music/Sea-1\n")
    assert deal("bob", **use).deals[0].sound == "https://www.tiktok.com/music/Sea-1"
    (folder / "sound_names.txt").write_text("first\nsecond\n")

    assert [one.sound for one in deal("bob", "bob", **use).deals] == ["first", "second"]
    assert deal("bob", **use, sound_name="mine").deals[0].sound == "mine"
    assert deal("bob", **in_folder(folder)).deals[0].sound == ""


def test_a_wrong_line_of_a_folders_sounds(deal: Deal, folder: Path) -> None:
    """Named with its file, though no task of this request would get it."""
    (folder / "sound_urls.txt").write_text("https://www.tiktok.com/music/Sea-1\nSea\n")

    says = refusal(deal, "bob", **in_folder(folder, post_way="useSound"))["material_path"]

    assert says.startswith(f"{folder}/sound_urls.txt: 'Sea' ")


def test_an_empty_folder(deal: Deal, tmp_path: Path) -> None:
    """Says which folder, and that nothing is left."""
    says = refusal(deal, "ann", **in_folder(tmp_path))["material_path"]

    assert says.startswith(f"'{tmp_path}': no video left that may be posted")


def test_every_fault_of_a_request_is_told_at_once(deal: Deal, tmp_path: Path) -> None:
    """Captions, and the files or the folder."""
    assert set(refusal(deal, captions="{", material_list=["/gone.mp4"])) == {
        *("captions", "material_list"),
    }
    assert set(refusal(deal, captions="{", **in_folder(tmp_path / "gone"))) == {
        *("captions", "material_path"),
    }
