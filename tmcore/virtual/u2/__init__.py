"""The phone's side of uiautomator2: what its jar does when app_process runs it.

Modelled on the jar's own code (openatx/android-uiautomator-server-jar, as shipped in uiautomator2
3.7.1), not on any client of ours: the real Python client is driven against it in the tests.
"""
