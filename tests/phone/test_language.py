"""In which language an app speaks: its own, else the phone's."""

import pytest

from tmcore.phone import parse


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("en-US,de-DE\nen-US\nen-US\n", "en-US"),  # the first that is preferred
        ("null\n\nde-DE\n", "de-DE"),  # never touched: as the phone was sold
        ("null\nfr_FR\n", "fr_FR"),
        ("zh-Hant-TW\n", "zh-Hant-TW"),
        ("null\n\n\n", None),
        ("cmd: Failure calling service settings: Failed transaction\n", None),
        (None, None),
    ],
)
def test_the_language_of_a_phone(text: str | None, language: str | None) -> None:
    """The first setting that names one holds; words about a failure name none."""
    assert parse.language(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Locales for com.zhiliaoapp.musically for user 0 are [fr-FR]", "fr-FR"),
        ("Locales for com.zhiliaoapp.musically for user 0 are [es-419,en]", "es-419"),
        ("Locales for com.zhiliaoapp.musically for user 0 are []", None),
        ("cmd: Can't find service: locale", None),
        ("", None),
    ],
)
def test_the_language_of_an_app(text: str, language: str | None) -> None:
    """Android 13 can give an app one of its own; older ones know of none."""
    assert parse.app_language(text) == language


def test_the_language_of_an_app_is_before_that_of_the_phone() -> None:
    """What the app shows is what has to be read."""
    text = (
        "@@language\nen-US\n@@path0\npackage:/data/app/base.apk\n"
        "@@language0\nLocales for a.b for user 0 are [de]\n@@end\n"
    )
    assert parse.checkup(text, ("a.b",)).language == "de"
