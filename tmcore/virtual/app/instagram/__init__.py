"""The Instagram-like app, drawn after dumps of 2025-12 and 2026-02 for 720x1440.

Texts and ids are from those dumps or from reports; what is neither is marked (unseen) where it is
drawn.
"""
