"""script_config of `post`: every key of the contract.

What an app or a kind of post does not have is refused by name: an option that is silently ignored
posts something the operator did not ask for.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from tmcore.accounts import App
from tmcore.errors import FieldError
from tmcore.materials import tags_of
from tmcore.rules.sounds import name_error, sound_error
from tmcore.scripts.post.routes import kind_of, route_to
from tmcore.scripts.script import ScriptArgs
from tmcore.validation import shown


def _sound(value: Any) -> Any:
    """Clients send -1 as a number or as text."""
    return int(value) if isinstance(value, str) and value in ("-1", "0", "1") else value


DEFAULT_VOLUME = 50
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
    sound_wait_time: int = Field(10, ge=0, le=600, description="seconds to wait for a sound")
    add_sound: AddSound = Field(
        -1, description="-1 as the app has it, 0 none, 1 the first it offers, custom: by keyword"
    )
    sound_name: str = Field("", description="of useSound: a sound's name, or the URL of its page")
    custom_sound_keyword: str = Field("", description="what add_sound custom looks for")
    origin_sound_volume: Volume = Field(DEFAULT_VOLUME, description="of the video's own sound")
    add_sound_volume: Volume = Field(DEFAULT_VOLUME, description="of the added sound")
    add_product_link: Literal[0, 1] = Field(
        0, description="1: link the first product that the app offers; TikTok"
    )
    placement: Literal["reel", "story"] = "reel"
    rehearse: bool = Field(default=False, description="all but the press; nothing is used up")
    allow_repeat: bool = Field(default=False, description="also a file posted before")
    ai_label: bool | None = Field(
        None, description="the app's own AI-generated label: on, off; none: as it is"
    )

    @field_validator("materials_tags")
    @classmethod
    def _tags_in_order(cls, value: str) -> str:
        tags_of(value)
        return value

    def objections(self) -> Iterator[FieldError]:
        """Everything that is well formed and still cannot be done."""
        yield from self._sound_objections()
        in_folder = not self.material_list and self.material_source == "localFolder"
        if in_folder and not self.material_path:
            yield FieldError("material_path", "is required for localFolder: name a folder")
        if 0 < len(self.material_list) < self.images and self.content_type == 1:
            yield FieldError(
                "image_count",
                f"{self.image_count} is more than the {len(self.material_list)} of material_list",
            )

    def _sound_objections(self) -> Iterator[FieldError]:
        uses = self.post_way == "useSound"
        if self.sound_name and not uses:
            yield FieldError(
                "sound_name",
                f"{shown(self.sound_name)} is for post_way useSound, not {self.post_way}; a word "
                "to look for goes to custom_sound_keyword, with add_sound custom",
            )
        if uses and not self.sound_name and (self.material_list or not self.takes_folder):
            yield FieldError(
                "sound_name",
                "is required for useSound: a name, a URL, or a folder with sound_names.txt",
            )
        if uses and self.add_sound in (0, "custom"):
            yield FieldError(
                "add_sound",
                f"{shown(self.add_sound)} contradicts post_way useSound; allowed: -1, 1",
            )
        custom = self.add_sound == "custom"
        if custom and (why := name_error(self.custom_sound_keyword)):
            yield FieldError("custom_sound_keyword", f"is required for add_sound custom: {why}")
        if self.custom_sound_keyword and not custom:
            yield FieldError(
                "custom_sound_keyword",
                f"{shown(self.custom_sound_keyword)} is for add_sound custom, not {self.add_sound}",
            )
        if self.add_sound_volume != DEFAULT_VOLUME and not self.adds_sound:
            yield FieldError(
                "add_sound_volume",
                f"{self.add_sound_volume} needs an added sound: add_sound 1 or custom, or useSound",
            )

    @property
    def takes_folder(self) -> bool:
        return self.material_source == "localFolder"

    @property
    def adds_sound(self) -> bool:
        return self.post_way == "useSound" or self.add_sound in (1, "custom")

    @property
    def volumes(self) -> dict[Literal["origin", "added"], int]:
        """The volumes that are to be set.

        Clients send the defaults along: 50 is meant where it is named and a sound is added.
        """
        named = self.model_fields_set if self.adds_sound else frozenset[str]()
        found: dict[Literal["origin", "added"], int] = {}
        if self.origin_sound_volume != DEFAULT_VOLUME or "origin_sound_volume" in named:
            found["origin"] = self.origin_sound_volume
        if self.add_sound_volume != DEFAULT_VOLUME or "add_sound_volume" in named:
            found["added"] = self.add_sound_volume
        if self.content_type == 1:
            found.pop("origin", None)  # at its default here: images have no sound of their own
        return found

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
        if kind == "story" and (named := self._unfit_for_story()):
            yield FieldError(named, f"{shown(getattr(self, named))}: a story has none of that here")
        if self.content_type == 1 and self.origin_sound_volume != DEFAULT_VOLUME:
            yield FieldError(
                "origin_sound_volume",
                f"{self.origin_sound_volume}: images have no sound of their own; only a video has",
            )
        if self.sound_name and self.post_way == "useSound":
            images = self.content_type == 1
            if why := sound_error(self.sound_name, app, images=images):
                yield FieldError("sound_name", why)
        if self.add_product_link and app != "tiktok":
            yield FieldError("add_product_link", f"{app} has no product links; only tiktok has")

    def _unfit_for_story(self) -> str:
        """Name the first key that a story cannot have."""
        if self.post_way == "useSound":
            return "post_way"
        if self.add_sound != -1:
            return "add_sound"
        if self.volumes:
            return "origin_sound_volume"
        return "ai_label" if self.ai_label is not None else ""
