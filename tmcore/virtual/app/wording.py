"""The words of an app in another language, or after an update that changed some of them.

Screens are drawn in English. French knows only what a dump or a report shows; all the rest stays
English, so nothing here claims to be TikTok's whole French.
"""

from collections.abc import Mapping

from tmcore.virtual.app.node import Node

_FIELDS = ("EditText", "AutoCompleteTextView")
FRENCH = {
    "Add description…": "Ajouter une description…",
    "Post": "Publier",
    "Drafts": "Brouillons",
    # (unseen): what the profile expects of a French TikTok, from no dump
    "Home": "Accueil",
    "Profile": "Profil",
    "Create": "Créer",
    "CREATE": "CRÉER",
    "Videos": "Vidéos",
    "Recents": "Récents",
    "Next": "Suivant",
    "Add account": "Ajouter un compte",
    "Switch account": "Changer de compte",
}


def words_of(language: str, changed: Mapping[str, str]) -> dict[str, str]:
    """What is said instead of what; an update's words go before those of a language."""
    return {**(FRENCH if language.startswith("fr") else {}), **changed}


def reword(root: Node, words: Mapping[str, str]) -> Node:
    """Change the labels in a tree; what people typed stays as it is."""
    for node in root.walk() if words else ():
        node.desc = words.get(node.desc, node.desc)
        node.hint = words.get(node.hint, node.hint)
        if not node.kind.endswith(_FIELDS):
            node.text = words.get(node.text, node.text)
    return root
