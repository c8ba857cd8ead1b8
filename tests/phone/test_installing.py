import pytest

from tmcore.phone.installing import advice, failure, install, remote_apk


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Performing Streamed Install\nSuccess\n", ""),
        ("\tpkg: /data/local/tmp/a.apk\nSuccess\r\n", ""),
        (
            "Failure [INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code 1]",
            "INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code 1",
        ),
        (
            "Failure [INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package signatures differ]",
            "INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package signatures differ",
        ),
        ("Error: Unable to open file: /data/x.apk", "Error: Unable to open file: /data/x.apk"),
        ("Unsuccessful", "Unsuccessful"),  # the word, and not letters of another
        ("", "Android said nothing"),
    ],
)
def test_androids_words(text: str, said: str) -> None:
    """Only Success is success, whatever the exit code; all else is told as Android says it."""
    assert failure(text) == said


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("INSTALL_FAILED_INSUFFICIENT_STORAGE", "free some space"),
        ("INSTALL_FAILED_UPDATE_INCOMPATIBLE: …", "signature"),
        ("INSTALL_FAILED_VERSION_DOWNGRADE: …", "newer version"),
        ("INSTALL_FAILED_USER_RESTRICTED: Install canceled by user", "developer options"),
        ("INSTALL_FAILED_MISSING_SPLIT: Missing split for com.x", "universal"),
        ("INSTALL_FAILED_NO_MATCHING_ABIS: …", "processor"),
        ("something new", "look at the phone"),
    ],
)
def test_advice(said: str, what: str) -> None:
    """Each of Android's codes has what a person can do about it."""
    assert what in advice(said)


@pytest.mark.parametrize(
    ("name", "remote"),
    [
        ("TikTok 43.1.4 (arm64).apk", "/data/local/tmp/tm-install-7/TikTok-43.1.4--arm64-.apk"),
        ("../../$(reboot).apk", "/data/local/tmp/tm-install-7/reboot-.apk"),
        ("Ä", "/data/local/tmp/tm-install-7/app.apk"),
    ],
)
def test_a_pushed_name_is_plain(name: str, remote: str) -> None:
    """Whatever the file is called here, its name there passes a shell."""
    assert remote_apk(name, 7) == remote
    assert install(remote) == f"pm install -r {remote}"
