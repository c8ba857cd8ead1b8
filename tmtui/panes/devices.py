"""Devices: the phones, each with its state in words."""

from tmtui.columns import DEVICES
from tmtui.widgets.table import Table


class DevicesPane(Table):
    pane, title = "devices", "Devices"
    every, sort = DEVICES, "serial"
    empty = "no phones; plug one in, or try virtual ones: tm rack --count 4"
