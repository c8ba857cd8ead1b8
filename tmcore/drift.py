"""How well the profiles still fit the apps on the phones: the words of `tm profile drift`."""

from dataclasses import dataclass
from datetime import datetime

from tmcore.accounts import App
from tmcore.model import Model


@dataclass(frozen=True)
class Hit:
    """A target was found by this candidate, in this app at this version."""

    app: App
    package: str
    version: str  # empty where the phone did not say
    target: str
    rule: str  # which candidates there were: another list is counted apart
    candidate: int  # from 0


@dataclass(frozen=True)
class Counted:
    """How many looks a hit was made in, and when the last one was."""

    hit: Hit
    looks: int
    last_seen: datetime


class Met(Model):
    """An app as it was met on phones, and the profile that its screens are read with."""

    app: App
    package: str
    version: str  # empty where the phone did not say
    known: bool  # whether the profile was written for this version; else the nearest lower one
    profile: str
    last_seen: datetime


class Drift(Model):
    """A target that is no longer found the way it was meant to be."""

    app: App
    package: str
    version: str
    target: str
    candidate: int  # from 1: the one that finds it most often
    of: int  # how many there are
    hits: int  # looks in which that one found it
    looks: int  # looks in which it was found at all
    said: str  # all of it in a sentence
    last_seen: datetime


class DriftReport(Model):
    """What the profiles meet on the phones, and which of their first choices match no more."""

    met: tuple[Met, ...] = ()
    drifts: tuple[Drift, ...] = ()
