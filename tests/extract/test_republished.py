"""Whom a text names as its first publisher."""

from __future__ import annotations

import pytest

from crawler.extract.republished import named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The end.\nThis article was originally published on The Conversation. Read it there.", "The Conversation"),
        ("The end. This story first appeared in the Tidewater Gazette (2026).", "the Tidewater Gazette"),
        ("First published by Harrowmere Herald\nThe text.", "Harrowmere Herald"),
        ("* Republished with permission of Calder Review.", "Calder Review"),
        ("Reprinted from: Westmark Post; all rights reserved", "Westmark Post"),
        ("Dieser Artikel ist zuerst erschienen bei Kurier Nord.", "Kurier Nord"),
        ("Cet article a été publié initialement sur Le Rivage.", "Le Rivage"),
        ("Publicado originalmente en El Faro.", "El Faro"),
    ],
)
def test_a_line_about_itself_names_the_first_publisher(text: str, name: str) -> None:
    assert named(text) == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "The study was first published in Nature on Monday.",
        "Her novel, originally published in 1987, is back.",
        "He said this article of faith was first.",
        "The photographs first appeared on social media.",
        "",
    ],
)
def test_what_else_was_published_somewhere_first_does_not_count(text: str) -> None:
    assert named(text) == ()
