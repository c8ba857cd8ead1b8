"""What `client.py` is made of: the far ends of a rack's desks. Nothing here loads Sanic."""
