"""script_config of `post`: every key of the contract, each with what it may be today.

A key that does not work yet is taken at its documented default and refused by name at any other
value: an option that is silently ignored posts something the operator did not ask for.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from tmcore.errors import FieldError
from tmcore.materials import tags_of
from tmcore.model import App
from tmcore.scripts.post.routes import kind_of, route_to
from tmcore.scripts.script import ScriptArgs
from tmcore.validation import shown


def _sound(value: Any) -> Any:
    """Clients send -1 as a number or as text."""
    return int(value) if isinstance(value, str) and value in ("-1", "0", "1") else value


Volume = Annotated[int, Field(ge=0, le=100)]
AddSound = Annotated[Literal[-1, 0, 1, "custom"], BeforeValidator(_sound)]


class PostArgs(ScriptArgs):
    """What to post and how."""

    content_type: Literal[0, 1] = Field(0, description="0 a video, 1 images")
    image_count: int = Field(1, ge=1, description="images to take from the source")
    captions: str = Field("", description="one caption a line, dealt out in turn; spintax {a|b}")
    post_way: Literal["share", "addButton", "useSound"] = "share"
    material_source: Literal["materialLibrary", "localFolder"] = "materialLibrary"
    material_path: str = Field("", description="the folder of localFolder, on this server")
    material_list: tuple[str, ...] = Field(
        (), description="files on this server, instead of a source"
    )
    materials_tags: str = Field("", description="from the library: any of these, with commas")
    upload_wait_time: int = Field(30, ge=1, le=600, description="seconds to wait for proof")
    sound_wait_time: int = Field(10, ge=0, le=600)
    add_sound: AddSound = -1
    sound_name: str = ""
    custom_sound_keyword: str = ""
    origin_sound_volume: Volume = 50
    add_sound_volume: Volume = 50
    add_product_link: Literal[0, 1] = 0
    placement: Literal["reel", "story"] = "reel"
    rehearse: bool = Field(default=False, description="all but the press; nothing is used up")
    allow_repeat: bool = Field(default=False, description="also a file posted before")
    ai_label: bool | None = None

    # keys whose screens are not built yet
    LATER: ClassVar[tuple[str, ...]] = (
        "sound_wait_time",
        "add_sound",
        "sound_name",
        "custom_sound_keyword",
        "origin_sound_volume",
        "add_sound_volume",
        "add_product_link",
        "ai_label",
    )

    @field_validator("materials_tags")
    @classmethod
    def _tags_in_order(cls, value: str) -> str:
        tags_of(value)
        return value

    def objections(self) -> Iterator[FieldError]:
        """Everything that is well formed and still cannot be done."""
        for name in self.LATER:
            value, default = getattr(self, name), type(self).model_fields[name].default
            if value != default:
                yield FieldError(
                    name, f"{shown(value)} is not possible yet; only {shown(default)} works"
                )
        if self.post_way == "useSound":
            yield FieldError("post_way", "'useSound' is not possible yet; use share or addButton")
        in_folder = not self.material_list and self.material_source == "localFolder"
        if in_folder and not self.material_path:
            yield FieldError("material_path", "is required for localFolder: name a folder")
        if 0 < len(self.material_list) < self.images and self.content_type == 1:
            yield FieldError(
                "image_count",
                f"{self.image_count} is more than the {len(self.material_list)} of material_list",
            )

    @property
    def images(self) -> int:
        """How many images a task takes: of a list, without a count, all of them."""
        counted = "image_count" in self.model_fields_set or not self.material_list
        return self.image_count if counted else len(self.material_list)

    @property
    def may_repeat(self) -> bool:
        """Whether a file may be taken that was used before; a rehearsal uses none up."""
        return self.allow_repeat or self.rehearse

    @property
    def captioned(self) -> bool:
        return self.placement != "story"

    def objections_in(self, app: App) -> Iterator[FieldError]:
        """Everything that this app cannot do."""
        kind = kind_of(self.content_type, self.placement)
        if route_to(app, kind) is None:
            yield FieldError("placement", f"{shown(self.placement)}: {app} has no such post here")
        elif kind == "story" and self.captions:
            yield FieldError("captions", "a story has none; leave it empty")
        if kind == "story" and self.content_type == 1 and self.images > 1:
            yield FieldError("image_count", f"a story takes 1 image, not {self.images}")
        if self.add_product_link and app != "tiktok":
            yield FieldError("add_product_link", f"{app} has no product links; only tiktok has")
