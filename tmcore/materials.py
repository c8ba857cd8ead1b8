"""Materials: the files that posts are taken from, in the words of the project."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import orjson
from pydantic import AfterValidator, BeforeValidator, Field

from tmcore.accounts import App
from tmcore.columns import MATERIALS, USES
from tmcore.errors import BadInput
from tmcore.faces import Listed, tables
from tmcore.format import safe, when
from tmcore.model import Model, PressOutcome
from tmcore.table import Table

LONGEST_TAG = 60
LONGEST_NAME = 180  # bytes; a file system takes 255, and the hash stands before it
MOST_UPLOAD_BYTES = 4_000_000_000  # the largest file that any of the apps takes
CHUNK = 1024 * 1024


MediaKind = Literal["video", "image"]  # what a file is, by its content


def _load(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def split_tags(value: Any) -> Any:
    """Tags come as a list, or as one text with commas."""
    return value.split(",") if isinstance(value, str) else value


def _plain_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once, without blanks around it, in lower case: so they are compared."""
    plain = tuple(dict.fromkeys(tag.strip().lower() for tag in tags if tag.strip()))
    for tag in plain:
        if "," in tag or len(tag) > LONGEST_TAG:
            raise ValueError(f"{tag!r:.80} is no tag; at most {LONGEST_TAG} characters, no comma")
    return plain


def tags_of(text: str) -> tuple[str, ...]:
    """Return the tags that a text with commas names. Raises ValueError."""
    return _plain_tags(tuple(text.split(",")))


Tags = Annotated[tuple[str, ...], BeforeValidator(split_tags), AfterValidator(_plain_tags)]


def _file_name(name: str) -> str:
    bare = name.isprintable() and not name.startswith(".") and not set(name) & set("/\\")
    if not bare or not 0 < len(name.encode(errors="replace")) <= LONGEST_NAME:
        raise ValueError(f"{name!r:.80} is no file name, such as clip.mp4")
    return name


FileName = Annotated[str, AfterValidator(_file_name)]
Username = Annotated[
    str,
    Field(pattern=r"^@?[A-Za-z0-9._]{1,64}$"),
    AfterValidator(lambda name: name.removeprefix("@").lower()),
]


class Known(Model):
    """What is known of a file to post from."""

    tags: Tags = Field((), description="Words to choose it by.")
    caption: str = Field("", description="Wins over a request's captions; spintax, as there.")
    username: Username | None = Field(None, description="Only tasks for this account take it.")
    sort: Annotated[int, Field(ge=0, le=2**31)] | None = Field(
        None, description="Its place among images; else the N of `sort_N_` in its name."
    )


class NewMaterial(Known):
    """A file to post from: where it lies on the server, and what is known of it."""

    path: str


class NewUpload(Known):
    """A file that is sent: what it is called, and what is known of it."""

    name: FileName = Field(description="Of a file that is sent as it is: what it is called.")


class Use(Model):
    """One press of a file, as the ledger keeps it."""

    app: App
    account: str
    task_id: int
    at: datetime
    outcome: PressOutcome


class Material(Model):
    """A file of the library, as it was when it was added."""

    id: int
    path: str
    kind: MediaKind
    sha256: str
    size_bytes: int
    duration_s: float | None = None
    width: int
    height: int
    tags: Annotated[tuple[str, ...], BeforeValidator(_load)] = ()
    caption: str = ""
    username: str | None = None
    sort: int | None = None
    added_at: datetime
    reserved_by: tuple[int, ...] = ()  # tasks that will post it
    uses: tuple[Use, ...] = ()

    @property
    def used(self) -> str:
        """Say who posted it last, or which task will."""
        if self.uses:
            last, others = self.uses[-1], len(self.uses) - 1
            return f"@{last.account} {when(last.at)}" + (f" (+{others})" if others else "")
        return f"task {self.reserved_by[0]} will" if self.reserved_by else ""

    def __repr__(self) -> str:
        return safe(f"<Material {self.id} {self.path}: {self.kind}, used {len(self.uses)} times>")


class Materials(Listed, tuple[Material, ...]):
    """A tuple of materials."""

    __slots__ = ()
    noun, columns = "material", MATERIALS


class MaterialsApi(Protocol):
    """The library's verbs, near and far; reached as `rack.materials`."""

    async def every(self, tag: str | None = None) -> Materials:
        """List the library, oldest first; with tags (commas between them) what has any of them."""
        ...

    async def one(self, material_id: int) -> Material:
        """Return one of them. Raises NotFound."""
        ...

    async def add(self, new: NewMaterial) -> Material:
        """Add a file that lies on the server. Raises BadInput where it cannot be posted."""
        ...

    async def upload(self, new: NewUpload, content: AsyncIterator[bytes]) -> Material:
        """Add a file that is sent; the server keeps it. Raises as add; BodyTooLarge.

        Nothing of it is left behind when it is refused, or when the sender goes.
        """
        ...

    async def change(self, material_id: int, known: Known) -> Material:
        """Put what is set in `known` in the place of what was. Raises NotFound, BadInput."""
        ...

    async def delete(self, material_id: int) -> None:
        """Take a file out of the library; it stays on the disk. Raises NotFound."""
        ...

    async def thumbnail(self, material_id: int) -> bytes:
        """Return a small JPEG of what it shows. Raises NotFound, BadInput."""
        ...


async def chunks_of(file: Path) -> AsyncIterator[bytes]:
    """Yield a file of this computer for an upload. Raises BadInput where it cannot be read."""
    try:
        stream = await asyncio.to_thread(file.open, "rb")
        with stream:
            while chunk := await asyncio.to_thread(stream.read, CHUNK):
                yield chunk
    except OSError as error:
        raise BadInput.of("FILE", f"{str(file)!r:.200} cannot be read: {error.strerror}") from None


@tables.register
def _(value: Material) -> tuple[Table, ...]:
    used = Table.of("used", *USES.table(value.uses))
    return (*tables(Materials([value])), *((used,) if value.uses else ()))
