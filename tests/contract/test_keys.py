"""Tokens, near and far: made, listed, revoked, and kept so that a stolen database opens nothing."""

from pathlib import Path

import pytest

from tests.contract.conftest import no_adb
from tmcore.api import RackApi
from tmcore.engine.keyring import keys_in
from tmcore.errors import BadInput, NotFound
from tmcore.keys import NewToken, Scope, make_secret
from tmcore.rack import Rack

DESK = NewToken(name="desk", scope=Scope.POST)


async def test_made_and_listed(rack: RackApi) -> None:
    """A token is given with its secret once; the list has its name, scope and time."""
    given = await rack.keys.add(DESK)

    [token] = await rack.keys.all()
    assert (token.name, token.scope) == ("desk", Scope.POST)
    assert token.model_dump().items() <= given.model_dump().items()
    assert not hasattr(token, "secret")
    assert given.secret not in repr(given)


async def test_revoked(rack: RackApi) -> None:
    """A revoked token is gone; one that never was is NotFound."""
    await rack.keys.add(DESK)

    await rack.keys.revoke("desk")

    assert await rack.keys.all() == ()
    for name in ("desk", "", "a/b", "%2e", "ü"):
        with pytest.raises(NotFound):
            await rack.keys.revoke(name)


async def test_names_are_unique(rack: RackApi) -> None:
    """A name is given once, and again when it was revoked."""
    first = await rack.keys.add(DESK)
    with pytest.raises(BadInput, match="desk"):
        await rack.keys.add(DESK)
    await rack.keys.revoke("desk")

    assert (await rack.keys.add(DESK)).secret != first.secret


async def test_require_token_needs_an_admin(rack: RackApi) -> None:
    """Nobody shuts everyone out: an admin's token comes first."""
    await rack.keys.add(DESK)
    with pytest.raises(BadInput, match="tm token add"):
        await rack.change_settings({"require_token": True})

    assert not (await rack.settings()).require_token


async def test_other_settings_change_without_an_admin(seeded: Path) -> None:
    """A rack whose last admin token was revoked can still be set from within."""
    async with Rack(seeded, adb=no_adb()) as rack:
        await rack.keys.add(NewToken(name="boss", scope=Scope.ADMIN))
        await rack.change_settings({"require_token": True})
        await rack.keys.revoke("boss")

        assert (await rack.change_settings({"auto_retry": True})).auto_retry
        assert not (await rack.change_settings({"require_token": False})).require_token


async def test_kept_over_a_restart(seeded: Path) -> None:
    """Tokens are in the database; a secret is told from every other one."""
    async with keys_in(seeded) as keys:
        given = await keys.add(DESK)
        other = await keys.add(NewToken(name="phone", scope=Scope.READ))

    async with Rack(seeded, adb=no_adb()) as rack:
        found, second = rack.keys.admit(given.secret), rack.keys.admit(other.secret)
        assert (found and found.name, second and second.name) == ("desk", "phone")
        for wrong in (
            "",
            given.secret[:-1],
            given.secret + "x",
            given.secret.upper(),
            make_secret(),
        ):
            assert rack.keys.admit(wrong) is None


async def test_no_secret_is_in_the_files(seeded: Path) -> None:
    """Neither the database nor anything beside it holds a secret, or a part of one."""
    async with keys_in(seeded) as keys:
        given = await keys.add(DESK)
        during = b"".join(f.read_bytes() for f in seeded.parent.iterdir() if f.is_file())
    after = b"".join(f.read_bytes() for f in seeded.parent.iterdir() if f.is_file())

    assert b"desk" in during + after
    assert given.secret[3:20].encode() not in during + after


def test_secrets_are_long_and_never_the_same() -> None:
    """A secret has 256 bits and a mark by which a lost one is found."""
    made = {make_secret() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(secret) for secret in made} == {46}
    assert all(secret.startswith("tm_") for secret in made)
