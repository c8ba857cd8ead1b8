"""Deals a request's files and captions to its tasks; whatever is wrong with them is known now."""

import os
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple

from tmcore.errors import BadInput
from tmcore.media.files import open_inside, sha256_of
from tmcore.media.limits import limit_errors
from tmcore.media.probe import probe_video
from tmcore.model import App
from tmcore.rules import captions
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.script import Deal, NotQuick

FIELD = "script_config.material_list"


class Checked(NamedTuple):
    """A file that can be posted."""

    path: Path
    sha256: str


class Dealer:
    """Remembers files it has found right, by what a change of them changes."""

    MOST = 1024

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Checked] = {}

    def deal(
        self,
        args: PostArgs,
        app: App,
        count: int,
        folders: Sequence[Path],
        rng: Random,
        *,
        quick: bool,
    ) -> list[Deal]:
        """Raises BadInput with everything that is wrong with any file or caption."""
        errors = list(captions.caption_errors(args.captions, app))
        roots = tuple(map(str, folders))
        files: dict[str, Checked] = {}
        for name in dict.fromkeys(args.material_list):
            try:
                files[name] = self._check(name, app, roots, quick=quick)
            except BadInput as error:
                errors.extend(error.errors)
        if errors:
            raise BadInput(*errors)
        turns = cycle(files[name] for name in args.material_list)
        lines = captions.deal(args.captions, count)
        return [
            Deal(file.path, file.sha256, captions.resolve(line, rng).strip())
            for line, file in zip(lines, turns, strict=False)
        ]

    def _check(self, name: str, app: App, folders: tuple[str, ...], *, quick: bool) -> Checked:
        with open_inside(name, folders, FIELD) as file:
            stat = os.fstat(file.fileno())
            key = (name, app, stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if key not in self._known:
                if quick:
                    raise NotQuick
                if errors := limit_errors(probe_video(file, FIELD), app, name, FIELD):
                    raise BadInput(*errors)
                if len(self._known) >= self.MOST:
                    self._known.clear()
                self._known[key] = Checked(Path(name), sha256_of(file))
            return self._known[key]
