"""Devices: the phones, each with its state in words."""

from tmcore.devices import Device
from tmtui.columns import DEVICES
from tmtui.store import Store
from tmtui.view import View
from tmtui.widgets.table import Table


class DevicesPane(Table):
    pane, title = "devices", "Devices"

    def __init__(self, store: Store) -> None:
        view: View[str, Device] = View(store, "devices", DEVICES, "serial")
        super().__init__(view, id=self.pane)
        self.empty = "no phones; plug one in, or try virtual ones: tm rack --count 4"
