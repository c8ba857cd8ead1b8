"""The scripts that tasks may name; a new one is a new file and one line here."""

from tmcore.scripts.match_accounts import MatchAccounts
from tmcore.scripts.post.script import Post
from tmcore.scripts.script import Script

SCRIPTS: dict[str, Script] = {script.name: script for script in (Post(), MatchAccounts())}
