"""A product link: the first product that the app's own showcase offers."""

from tmcore.phone.screen import Screen
from tmcore.scripts.post.setting import Setting


async def link_product(setting: Setting, composer: Screen) -> Screen:
    """Link it; the post screen says so then, or the task does. Raises ScriptFailed."""
    screens = setting.screens
    products = await screens.until(
        "product_list",
        on={
            setting.base: screens.tapping("add_link"),
            "link_sheet": screens.tapping("link_product"),
        },
        screen=composer,
    )
    await setting.keep(products)
    await screens.tap("product_add", products)
    composer = await screens.until(
        setting.base, on={"product_name": screens.tapping("product_done")}, once=("product_name",)
    )
    done, composer = await setting.read_back(
        lambda screen: screens.shows("product_linked", screen), composer
    )
    if not done:
        setting.notes.append("whether the product is linked could not be read back")
    return composer
