"""script_config of `post`: every key of the contract, each with what it may be today.

A key that does not work yet is taken at its documented default and refused by name at any other
value: an option that is silently ignored posts something the operator did not ask for.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from tmcore.errors import FieldError
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
    material_path: str = ""
    material_list: tuple[str, ...] = Field((), description="video files on this server")
    materials_tags: str = ""
    upload_wait_time: int = Field(30, ge=1, le=600, description="seconds to wait for proof")
    sound_wait_time: int = Field(10, ge=0, le=600)
    add_sound: AddSound = -1
    sound_name: str = ""
    custom_sound_keyword: str = ""
    origin_sound_volume: Volume = 50
    add_sound_volume: Volume = 50
    add_product_link: Literal[0, 1] = 0
    placement: Literal["reel", "story"] = "reel"
    rehearse: bool = False
    allow_repeat: bool = False
    ai_label: bool | None = None

    # keys whose screens are not built yet
    LATER: ClassVar[tuple[str, ...]] = (
        "content_type",
        "image_count",
        "material_source",
        "material_path",
        "materials_tags",
        "sound_wait_time",
        "add_sound",
        "sound_name",
        "custom_sound_keyword",
        "origin_sound_volume",
        "add_sound_volume",
        "add_product_link",
        "placement",
        "rehearse",
        "ai_label",
    )

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
        if self.app == "instagram":
            yield FieldError("app", "'instagram' is not possible yet; only 'tiktok' works")
        if not self.material_list:
            yield FieldError(
                "material_list", "is empty; name at least one video file (there is no library yet)"
            )
