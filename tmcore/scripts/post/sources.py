"""Where the files of a post come from: a list, the library, or a folder.

Each source gives the next task its files, and knows which captions and sounds lie beside them. What
cannot be posted is left out with a warning where there is a choice, and refused where it was named.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple, Protocol

from tmcore.accounts import App
from tmcore.errors import BadInput, FieldError
from tmcore.materials import Material, MediaKind, tags_of
from tmcore.media.folder import CAPTIONS, SOUND_NAMES, SOUND_URLS, MediaFolder
from tmcore.media.inspection import Inspected, Inspector
from tmcore.media.limits import limit_errors
from tmcore.rules.captions import lines
from tmcore.rules.dealing import (
    ALWAYS,
    Dealing,
    Shelf,
    Taken,
    by_sort_number,
    scope_of,
    shuffled,
)
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.script import Order

LIST, SOURCE, PATH = (
    f"script_config.{key}" for key in ("material_list", "material_source", "material_path")
)
MOST_WARNINGS = 20


class Texts(NamedTuple):
    """Lines that tasks take in turn, and what holds them."""

    path: str
    field: str
    lines: tuple[str, ...]
    counted: bool = False  # whether the next request goes on where this one ended


class Taking(NamedTuple):
    """What one task takes."""

    files: tuple[Inspected, ...]
    scope: str | None = None  # for whom they are reserved
    caption: Texts | None = None  # the file's own


class Source(Protocol):
    """One request's source."""

    def take(self, username: str | None) -> Taking:
        """Take the next task's files. Raises BadInput where there are no more."""
        ...

    def texts(self, username: str | None, *names: str) -> Texts | None:
        """Return the first of these lists of texts that lies beside an account's files."""
        ...

    def warnings(self) -> tuple[str, ...]: ...


class Look:
    """Looks at the files of one request: whole, of the right kind, and inside the app's limits."""

    def __init__(
        self, inspector: Inspector, args: PostArgs, app: App, folders: Sequence[str], *, quick: bool
    ) -> None:
        self._inspector, self._folders, self._quick = inspector, tuple(folders), quick
        self.app = app
        self.kind: MediaKind = "image" if args.content_type == 1 else "video"
        self.left_out: dict[str, str] = {}

    def demand(self, path: str, field: str) -> Inspected:
        """Raises BadInput with everything that is wrong with a file."""
        found = self._inspector.inspect(path, self._folders, self.kind, field, quick=self._quick)
        if errors := limit_errors(found.what, self.app, path, field):
            raise BadInput(*errors)
        return found

    def choose(self, path: str) -> Inspected | None:
        """Return a file, or None where it has to be left out."""
        try:
            return self.demand(path, PATH)
        except BadInput as error:
            self.left_out[path] = "; ".join(e.message for e in error.errors)
            return None

    def folder(self, path: str) -> MediaFolder:
        return MediaFolder(path, self._folders, PATH)

    def none_left(self, field: str, why: str) -> BadInput:
        """Return the refusal of a request for which there are too few files."""
        return BadInput(*(FieldError(field, line) for line in (why, *self.warnings())))

    def warnings(self) -> tuple[str, ...]:
        """Say what was left out, and why."""
        told = tuple(f"left out: {why}" for why in islice(self.left_out.values(), MOST_WARNINGS))
        more = len(self.left_out) - len(told)
        return (*told, f"left out: {more} more") if more > 0 else told


class ListSource:
    """Files by name: a video each, in turn and from the front again; of images as many as asked."""

    def __init__(self, args: PostArgs, look: Look, tasks: int) -> None:
        self._files = _demand_all(args.material_list, look)
        self._count = args.images if look.kind == "image" else 1
        self._scope = ALWAYS if args.may_repeat else None
        self._at = 0
        self._spare = len(self._files) - tasks * self._count

    def take(self, username: str | None) -> Taking:
        del username
        end = self._at + self._count
        files = tuple(self._files[at % len(self._files)] for at in range(self._at, end))
        self._at = end
        return Taking(files, self._scope)

    def texts(self, username: str | None, *names: str) -> Texts | None:
        del username, names
        return None

    def warnings(self) -> tuple[str, ...]:
        if self._spare <= 0:
            return ()
        return (f"{self._spare} of {len(self._files)} files in material_list are not used",)


class LibrarySource:
    """The library: the account's own files first, then those without an account."""

    def __init__(self, args: PostArgs, look: Look, order: Order) -> None:
        self._args, self._look, self._order = args, look, order
        self._count = args.images if look.kind == "image" else 1
        self._tags = tags_of(args.materials_tags)
        by_username: dict[str | None, list[Material]] = {}
        for material in sorted(order.supply.materials(look.kind, self._tags), key=_rank):
            by_username.setdefault(material.username, []).append(material)
        self._shelves = {name: Shelf(found) for name, found in by_username.items()}
        self._total = sum(map(len, by_username.values()))
        self._dealing = Dealing[Material, _Stocked](_taken(order), lambda one: one.file.sha256)

    def take(self, username: str | None) -> Taking:
        names = dict.fromkeys((username, None))
        shelves = [self._shelves[name] for name in names if name in self._shelves]
        scope = scope_of(self._order.reuse, self._look.app, username, repeat=self._args.may_repeat)
        found = self._dealing.take(shelves, self._choose, self._count, scope)
        if len(found) < self._count:
            raise self._look.none_left(SOURCE, self._short(username, len(found)))
        return Taking(tuple(one.file for one in found), scope, _own_caption(found))

    def texts(self, username: str | None, *names: str) -> Texts | None:
        del username, names
        return None

    def warnings(self) -> tuple[str, ...]:
        return self._look.warnings()

    def _choose(self, material: Material) -> "_Stocked | None":
        file = self._look.choose(material.path)
        if file and file.sha256 != material.sha256:
            self._look.left_out[material.path] = (
                f"{material.path!r} is not the file that was added as material {material.id}; "
                "delete it from the library and add it again"
            )
            return None
        return _Stocked(material, file) if file else None

    def _short(self, username: str | None, left: int) -> str:
        kind = self._look.kind
        tags = f" with the tags {', '.join(self._tags)}" if self._tags else ""
        if not self._total:
            return f"the library holds no {kind}{tags}; tm material add FILE puts one in"
        whom = f" for @{username}" if username else ""
        return (
            f"the library has {left or 'no'} {kind}{'s' * (left > 1)} left{whom}{tags} that may be "
            f"posted, and the post takes {self._count}; of {self._total} the others were posted or "
            "are reserved (the setting reuse says whether they may be posted again), belong to "
            "other accounts, or cannot be posted"
        )


class FolderSource:
    """A folder: the account's @subfolder first, else the root. Used files are not taken again."""

    def __init__(self, args: PostArgs, look: Look, order: Order) -> None:
        self._args, self._look, self._order = args, look, order
        self._count = args.images if look.kind == "image" else 1
        self._root = look.folder(args.material_path)
        self._own = cache(self._root.of)
        self._shelves: dict[str, Shelf[str]] = {}
        self._dealing = Dealing[str, Inspected](_taken(order), lambda file: file.sha256)

    def take(self, username: str | None) -> Taking:
        scope = scope_of("never", self._look.app, username, repeat=self._args.may_repeat)
        left = 0
        for folder in self._folders(username):
            shelf = self._shelf(folder)
            found = self._dealing.take([shelf], self._look.choose, self._count, scope)
            if len(found) == self._count:
                return Taking(found, scope)
            left = max(left, len(found))
        raise self._look.none_left(PATH, self._short(username, left))

    def texts(self, username: str | None, *names: str) -> Texts | None:
        for folder in self._folders(username):
            for name in names:
                if found := lines(folder.text(name)):
                    return Texts(folder.join(name), PATH, found, counted=True)
        return None

    def warnings(self) -> tuple[str, ...]:
        return self._look.warnings()

    def _folders(self, username: str | None) -> Iterator[MediaFolder]:
        own = self._own(username) if username else None
        yield from (folder for folder in (own, self._root) if folder)

    def _shelf(self, folder: MediaFolder) -> Shelf[str]:
        if folder.path not in self._shelves:
            names = folder.files(self._look.kind, self._look.app)
            is_image = self._look.kind == "image"
            ordered = by_sort_number(names) if is_image else shuffled(names, self._order.rng)
            self._shelves[folder.path] = Shelf(map(folder.join, ordered))
        return self._shelves[folder.path]

    def _short(self, username: str | None, left: int) -> str:
        places = " and ".join(repr(folder.path) for folder in self._folders(username))
        kind = self._look.kind
        return (
            f"{places}: {left or 'no'} {kind}{'s' * (left > 1)} left that may be posted, and the "
            f"post takes {self._count}; what was posted or is reserved is not taken again"
        )


CAPTION_LISTS, SOUND_LISTS = (CAPTIONS,), (SOUND_NAMES, SOUND_URLS)


def source_of(args: PostArgs, look: Look, order: Order) -> Source:
    """Open a request's source. Raises BadInput with everything that is wrong with it."""
    if args.material_list:
        return ListSource(args, look, len(order.usernames))
    if args.material_source == "localFolder":
        return FolderSource(args, look, order)
    return LibrarySource(args, look, order)


class _Stocked(NamedTuple):
    material: Material
    file: Inspected


def _own_caption(found: Sequence[_Stocked]) -> Texts | None:
    for one in found:
        if one.material.caption:
            return Texts(f"material {one.material.id}", SOURCE, (one.material.caption,))
    return None


def _demand_all(names: Sequence[str], look: Look) -> list[Inspected]:
    errors: list[FieldError] = []
    found: dict[str, Inspected] = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = look.demand(name, LIST)
        except BadInput as error:
            errors.extend(error.errors)
    if errors:
        raise BadInput(*errors)
    return [found[name] for name in names]


def _rank(material: Material) -> tuple[bool, int, int]:
    return material.sort is None, material.sort or 0, material.id


def _taken(order: Order) -> Taken:
    return Taken(order.supply.used, order.supply.held)
