"""The parts of a profile, as its file spells them."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from tmcore.apps.selector import Selector, Words
from tmcore.model import Model
from tmcore.reasons import Reason

# targets that are asked for where a profile has them. No app was seen to name the account on the
# page that publishes; where one does, an operator's file says where.
COMPOSER_ACCOUNT = "composer_account"
OPTIONAL = (COMPOSER_ACCOUNT,)
Version = Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]


class Rule(Model):
    """Holds where all of all_of, at_least of any_of and none of none_of are in sight."""

    any_of: tuple[Selector, ...] = ()
    all_of: tuple[Selector, ...] = ()
    none_of: tuple[Selector, ...] = ()
    at_least: Annotated[int, Field(ge=1)] = 1
    packages: Words = ()  # whose nodes count; empty: the app's


class ScreenRule(Rule):
    """A screen of the app."""

    is_a: str | None = None  # a more exact name for that screen: its targets are meant here too
    floats: bool = False  # it is a floating container itself
    shows_others: bool = False  # other people's texts are in sight


class DialogRule(Rule):
    """Harmless and in the way: its button is pressed and the script goes on."""

    button: Annotated[tuple[Selector, ...], Field(min_length=1)]
    does: Literal["refuse", "allow", "dismiss"]
    keeps: tuple[Selector, ...] = ()  # where the button may cost a draft: what does not


class BlockRule(Rule):
    """Ends the task; the screen is not touched again."""

    reason: Reason
    over_others: bool = False  # also read where other people's texts are in sight


class Candidate(Selector):
    """One way to find a target."""

    typed: bool = False  # only the field that shows the text that the script typed
    named: bool = False  # only what bears the name that the script gave, a user name for one


class Target(Model):
    """Something to tap or read, by ranked candidates."""

    screens: Annotated[tuple[str, ...], Field(min_length=1)]
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)]
    usual: Annotated[int, Field(ge=1)] = 1  # what today's app is found by; a later one is drift

    @field_validator("usual")
    @classmethod
    def _is_there(cls, value: int, info: ValidationInfo) -> int:
        there = len(info.data.get("candidates", ()))  # absent where they are wrong themselves
        if there and value > there:
            raise ValueError(f"{value} is too large; there are {there} candidates")
        return value


class Evidence(Model):
    """What proves a post, or its failure."""

    badge: str  # a target: shows the percentage while uploading
    home: tuple[str, ...]  # screens that show the navigation: the badge gone there is proof
    gone_proves: bool = True  # else it only hints: where it is gone no failure would show
    pending: tuple[Selector, ...] = ()  # the app says that it is still at work
    done: tuple[Selector, ...] = ()  # the app says that the post is out
    failures: tuple[Selector, ...] = ()


def number(version: str) -> tuple[int, ...]:
    """Return a version in a form that compares: 47.0 and 47 are the same one."""
    parts = [int(part) for part in version.split(".") if part.isdecimal()]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
