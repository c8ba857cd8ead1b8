"""A subset of mksh and toybox: enough for what adb clients send, loud about the rest."""
