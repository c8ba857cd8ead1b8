"""Deals a request's files and texts to its tasks; whatever is wrong with them is known now."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tmcore.accounts import App
from tmcore.errors import BadInput, FieldError
from tmcore.media.folder import SOUND_URLS
from tmcore.media.inspection import Inspected, Inspector
from tmcore.media.limits import count_error, limits_of
from tmcore.model import Media
from tmcore.rules.captions import MAX_ERRORS, caption_errors, lines
from tmcore.rules.sounds import sound_error
from tmcore.rules.spintax import FIELD as CAPTIONS
from tmcore.rules.spintax import resolve
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.paths import paths_of
from tmcore.scripts.post.sources import (
    CAPTION_LISTS,
    LIST,
    SOUND_LISTS,
    Look,
    Source,
    Taking,
    Texts,
    source_of,
)
from tmcore.scripts.script import Deal, Dealt, Order

COUNT, SOUND = "script_config.image_count", "script_config.sound_name"


class Dealer:
    """Remembers files that it has looked at."""

    def __init__(self) -> None:
        self._inspector = Inspector()

    def deal(self, args: PostArgs, order: Order, *, quick: bool) -> Dealt:
        """Raises BadInput with everything that is wrong, NotQuick where a file has to be read."""
        app: App = order.app or "tiktok"
        errors = list(_errors(args, app))
        try:
            look = Look(self._inspector, args, app, order.folders, quick=quick)
            source = source_of(args, look, order)
        except BadInput as error:
            raise BadInput(*errors, *error.errors) from None
        if errors:
            raise BadInput(*errors)
        hand = _Hand(args, app, order, source)
        deals = tuple(hand.deal(username) for username in order.usernames)
        warnings = (*source.warnings(), *_repeats(deals, app, order))
        return Dealt(deals, warnings, paths_of(args, (deal.sound for deal in deals)))


def _errors(args: PostArgs, app: App) -> Iterator[FieldError]:
    """Yield what can be told without a file."""
    limits = limits_of(app).caption_of(app, images=args.content_type == 1)
    yield from caption_errors(args.captions, limits)
    if args.content_type == 1:
        by_list = args.material_list and "image_count" not in args.model_fields_set
        if too_many := count_error(args.images, app, LIST if by_list else COUNT):
            yield too_many


class _Hand:
    """Gives one task after the other what is its."""

    def __init__(self, args: PostArgs, app: App, order: Order, source: Source) -> None:
        self._args, self._app, self._order, self._source = args, app, order, source
        self._limits = limits_of(app).caption_of(app, images=args.content_type == 1)
        self._images = args.content_type == 1
        self._given: Counter[str] = Counter()
        asked = Texts("", CAPTIONS, lines(args.captions))
        self._asked = asked if asked.lines else None
        self._right: set[str] = set()  # lists whose captions have been checked

    def deal(self, username: str | None) -> Deal:
        taking = self._source.take(username)
        captions, sounds = self._captions(taking, username), self._sounds(username)
        first, *more = map(_media, taking.files)
        return Deal(
            first.path,
            first.sha256,
            resolve(self._next(captions), self._order.rng).strip() if captions else "",
            tuple(more),
            self._next(sounds) if sounds else "",
            taking.scope,
            () if self._args.rehearse else _turns(captions, sounds),
        )

    def _captions(self, taking: Taking, username: str | None) -> Texts | None:
        """A file's own caption wins over the request's, and that over a list in the folder."""
        if not self._args.captioned:
            return None
        texts = taking.caption or self._asked or self._source.texts(username, *CAPTION_LISTS)
        if texts and texts is not self._asked and texts.path not in self._right:
            errors = caption_errors(
                "\n".join(texts.lines), self._limits, texts.field, f"{texts.path}, "
            )
            if errors:
                raise BadInput(*errors)
            self._right.add(texts.path)
        return texts

    def _sounds(self, username: str | None) -> Texts | None:
        if self._args.post_way != "useSound":
            return None
        if self._args.sound_name:
            return Texts("", SOUND, (self._args.sound_name,))
        found = self._source.texts(username, *SOUND_LISTS)
        if found is None:
            raise BadInput.of(SOUND, "is required for useSound, or a folder with sound_names.txt")
        if found.path not in self._right:
            self._check_sounds(found)
            self._right.add(found.path)
        return found

    def _check_sounds(self, sounds: Texts) -> None:
        """Raise BadInput with each line of a list that names no sound."""
        urls = sounds.path.endswith(SOUND_URLS)
        errors = [
            FieldError(sounds.field, f"{sounds.path}: {why}")
            for line in sounds.lines
            if (why := sound_error(line, self._app, address=urls, images=self._images))
        ]
        if errors:
            raise BadInput(*errors[:MAX_ERRORS])

    def _next(self, texts: Texts) -> str:
        """Take the next line; a list in a folder goes on where the last request ended."""
        before = self._order.supply.turn(texts.path) if texts.counted else 0
        line = texts.lines[(before + self._given[texts.path]) % len(texts.lines)]
        self._given[texts.path] += 1
        return line


def _turns(*dealt: Texts | None) -> tuple[str, ...]:
    return tuple(texts.path for texts in dealt if texts and texts.counted)


def _repeats(deals: tuple[Deal, ...], app: App, order: Order) -> Iterator[str]:
    """Say which tasks will fail because their account has posted the file before."""
    for username, deal in zip(order.usernames, deals, strict=True):
        for media in deal.files if username and not deal.may_repeat else ():
            if f"{app}/{username}" in order.supply.used(media.sha256):
                yield (
                    f"@{username} has posted {media.path} before; the task will end as "
                    "already_posted (allow_repeat posts it again)"
                )


def _media(file: Inspected) -> Media:
    return Media(path=Path(file.path), sha256=file.sha256)
