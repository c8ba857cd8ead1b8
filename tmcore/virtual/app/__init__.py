"""The app on the phone: a TikTok-like model, or recorded dumps shown in its place."""
