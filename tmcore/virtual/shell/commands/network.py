"""Addresses, and svc."""

from tmcore.virtual.shell.call import Call


def ip(call: Call) -> None:
    """Addr show, route."""
    address = call.phone.ip
    call.print(
        "31: wlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default",
        "    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff",
        f"    inet {address}/24 brd {address.rpartition('.')[0]}.255 scope global wlan0",
        "       valid_lft forever preferred_lft forever",
    )


def ifconfig(call: Call) -> None:
    """As toybox prints one interface."""
    address, net = call.phone.ip, call.phone.ip.rpartition(".")[0]
    call.print(
        "wlan0     Link encap:Ethernet  HWaddr 02:00:00:00:00:01",
        f"          inet addr:{address}  Bcast:{net}.255  Mask:255.255.255.0",
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1",
    )


def ping(call: Call) -> int:
    """Virtual phones reach nothing."""
    call.error(f"ping: unknown host {call.args[-1] if call.args else ''}")
    return 2


def svc(call: Call) -> int:
    """Power and radios: power stayon, wifi/data enable|disable."""
    match call.args:
        case ["power", "stayon", value]:
            stays = {"true": "7", "usb": "2", "ac": "1", "wireless": "4", "false": "0"}
            call.phone.settings["global"]["stay_on_while_plugged_in"] = stays.get(value, "0")
        case ["power", "reboot", *_]:
            call.phone.reboot()
        case ["wifi" | "data", "enable" | "disable" as verb]:
            call.phone.settings["global"]["wifi_on"] = str(int(verb == "enable"))
        case _:
            call.error("Unknown svc command")
            return 1
    return 0
