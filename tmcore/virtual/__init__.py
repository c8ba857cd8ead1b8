"""The virtual rack: phones that speak the device side of ADB to a real adb server.

It runs as a process of its own and imports nothing else of tmcore, so that the code above it
cannot tell these phones from USB ones, and asks the phone, never our log, what was posted.
"""
