"""Who a phone is: its serial, model, size and properties. All draw from the seed."""

import random
from dataclasses import dataclass

MODELS = (
    ("Pixel 7", "Google", "panther", (1080, 2400), 420),
    ("SM-A146B", "samsung", "a14x", (720, 1600), 300),
    ("XQ-BT52", "Sony", "pdx213", (1080, 2220), 420),
    ("moto g84 5G", "motorola", "bangkk", (1080, 2400), 400),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What never changes on a phone."""

    serial: str
    model: str
    maker: str
    device: str
    size: tuple[int, int]
    density: int

    @property
    def properties(self) -> dict[str, str]:
        """As getprop prints them. ro.boot.qemu lets an honest consumer label the phone virtual."""
        return {
            "persist.sys.locale": "en-US",
            "persist.sys.timezone": "Europe/Paris",
            "ro.boot.qemu": "1",
            "ro.boot.serialno": self.serial,
            "ro.build.characteristics": "default",
            "ro.build.display.id": "UQ1A.240205.004",
            "ro.build.fingerprint": f"{self.maker}/{self.device}/x:14/UQ1A/1:user/release-keys",
            "ro.build.version.release": "14",
            "ro.build.version.sdk": "34",
            "ro.build.version.security_patch": "2024-02-05",
            "ro.hardware": self.device,
            "ro.kernel.qemu": "1",
            "ro.product.brand": self.maker.lower(),
            "ro.product.cpu.abi": "arm64-v8a",
            "ro.product.device": self.device,
            "ro.product.locale": "en-US",
            "ro.product.manufacturer": self.maker,
            "ro.product.model": self.model,
            "ro.product.name": self.device,
            "ro.serialno": self.serial,
            "sys.boot_completed": "1",
            "init.svc.bootanim": "stopped",
        }


def identities(count: int, prefix: str, seed: int) -> list[Identity]:
    """So many phones; the same seed gives the same rack."""
    dice = random.Random(seed)  # noqa: S311 - a rack, not a key
    serials = [f"{prefix}{dice.randrange(16**8):08X}{n:02d}" for n in range(count)]
    return [Identity(s, *MODELS[n % len(MODELS)]) for n, s in enumerate(serials)]
