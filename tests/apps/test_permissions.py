"""Android asks in the phone's language: media are granted, whatever else is asked is refused."""
# ruff: noqa: RUF001 - other alphabets have letters that look like ours

import pytest

from tmcore.apps.catalog import profile_for
from tmcore.phone.screen import parse_dump

PACKAGE = "com.android.permissioncontroller"
MEDIA = (
    "Allow TikTok to access photos, media, and files on your device?",
    "Allow Instagram to access music and audio on this device?",
    "Autoriser TikTok à accéder aux contenus multimédias et aux fichiers ?",
    "¿Permitir que TikTok acceda a las fotos y los vídeos de este dispositivo?",
    "Permitir que o app TikTok acesse fotos e vídeos neste dispositivo?",
    "Permitir que o TikTok aceda a fotos e vídeos neste dispositivo?",
    "Consentire a TikTok di accedere a foto e video su questo dispositivo?",
    "Darf TikTok auf Fotos, Medien und Dateien auf deinem Gerät zugreifen?",
    "Cho phép TikTok truy cập vào ảnh và video trên thiết bị này?",
    "Izinkan TikTok mengakses file di perangkat Anda?",
    "Разрешить приложению TikTok доступ к фото и видео на этом устройстве?",
    "Zezwolić aplikacji TikTok na dostęp do zdjęć i filmów na tym urządzeniu?",
    "TikTok uygulamasının bu cihazdaki fotoğraf ve videolara erişmesine izin verilsin mi?",
    "このデバイス内の写真と動画へのアクセスを「TikTok」に許可しますか？",
    "要允许TikTok访问此设备上的照片和视频吗？",
)
OTHERS = (
    "Allow TikTok to take pictures and record video?",
    "Allow TikTok to access this device's location?",
    "Autoriser TikTok à accéder à vos contacts ?",
    "¿Permitir que TikTok haga fotos y grabe vídeos?",
    "Permitir que TikTok acesse seus contatos?",
    "Consentire a TikTok di scattare foto e registrare video?",
    "TikTok erlauben, auf den Standort dieses Geräts zuzugreifen?",
    "Cho phép TikTok chụp ảnh và quay video?",
    "Izinkan TikTok mengakses kontak?",
    "Разрешить приложению TikTok снимать фото и видео?",
    "Zezwolić aplikacji TikTok na dostęp do kontaktów?",
    "「TikTok」に写真の撮影と動画の記録を許可しますか？",
    "要允许TikTok拍照和录制视频吗？",
)


@pytest.mark.parametrize(
    ("asks", "answer"),
    [(asks, "permission_allow_button") for asks in MEDIA]
    + [(asks, "permission_deny_button") for asks in OTHERS],
)
def test_only_media_are_granted(asks: str, answer: str) -> None:
    """To refuse media twice is for good: there is no gallery on that phone any more."""
    button = '<node text="-" clickable="true" resource-id="{0}:id/{1}" package="{0}" bounds="{2}"/>'
    screen = parse_dump(
        f'<hierarchy><node package="{PACKAGE}" bounds="[0,500][900,1300]">'
        f'<node text="{asks}" package="{PACKAGE}" bounds="[80,560][820,700]"/>'
        + button.format(PACKAGE, "permission_allow_button", "[60,1000][840,1100]")
        + button.format(PACKAGE, "permission_deny_button", "[60,1150][840,1250]")
        + "</node></hierarchy>"
    )

    seen = profile_for("tiktok").recognise(screen)

    assert seen.button is not None
    assert seen.button.id == answer
