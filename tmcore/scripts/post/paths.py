"""Which ways beside the plain one a post walks, as its script_config asks for them."""

from collections.abc import Iterable, Iterator

from tmcore.paths import AppPath
from tmcore.rules.sounds import is_address
from tmcore.scripts.post.args import PostArgs

_BY_ADD_SOUND: dict[int | str, AppPath] = {
    0: AppPath.SOUND_OFF,
    1: AppPath.SOUND_ON,
    "custom": AppPath.SOUND_SEARCH,
}


def paths_of(args: PostArgs, sounds: Iterable[str]) -> tuple[AppPath, ...]:
    """Return the paths in the order in which they are walked; `sounds` are those dealt."""
    return tuple(dict.fromkeys(_paths(args, sounds)))


def _paths(args: PostArgs, sounds: Iterable[str]) -> Iterator[AppPath]:
    if args.post_way == "useSound":
        for sound in sounds:
            yield AppPath.SOUND_BY_URL if is_address(sound) else AppPath.SOUND_BY_NAME
    elif args.add_sound in _BY_ADD_SOUND:
        yield _BY_ADD_SOUND[args.add_sound]
    if args.volumes:
        yield AppPath.VOLUMES
    if args.add_product_link:
        yield AppPath.PRODUCT_LINK
    if args.ai_label is not None:
        yield AppPath.AI_LABEL
