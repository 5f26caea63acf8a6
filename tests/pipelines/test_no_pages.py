"""Pages that are none, as servers send them with status 200: each is turned away and called what it is."""

from __future__ import annotations

import pytest

from filters import load_profile
from pipelines.curate import Status, curate
from pipelines.page import Page

STORY = (
    "<p>When I first applied for a role as a product manager, I thought that the interview would be about roadmaps. It "
    "was about people: everybody wanted to know how I had decided what not to build, and who was unhappy with it.</p>"
    "<p>Since then I have sat on the other side of the table. Candidates learn frameworks by heart, and frameworks are "
    "the first thing that an interviewer forgets. What stays is a story in which a product manager learned.</p>"
)
NO_PAGES = {
    "soft 404": (
        "Page not found - Product Letters",
        (
            "<h1>Oops!</h1><p>We could not find the page you were looking for. It may have moved, "
            "or the link is old.</p>"
            "<p><a href=/>Back to the home page</a></p>"
        ),
    ),
    "soft 404 in German": (
        "Seite nicht gefunden",
        "<h1>Seite nicht gefunden</h1><p>Die gesuchte Seite existiert leider nicht mehr. Zur Startseite</p>",
    ),
    "consent wall": (
        "Product Letters",
        (
            "<h1>Before you read on</h1><p>We and our 800 partners store and access information on a device "
            "for personalised ads and content, their measurement, and what we learn of readers. You "
            "may accept, or manage "
            "your preferences below; you can change your choice at any time in our cookie policy, at "
            "the foot of each page.</p>"
            "<p>Accept all</p><p>Reject all</p><p>Manage preferences</p>"
        ),
    ),
    "bot wall": (
        "Just a moment...",
        (
            "<h1>product-letters.example</h1><p>Checking your browser. Verify you are human by "
            "completing the action.</p>"
            "<p>This site needs to review the security of your connection before "
            "proceeding.</p><p>Ray ID: 8a1b2c3d4e</p>"
        ),
    ),
    "blocked": (
        "Access denied",
        (
            "<h1>Sorry, you have been blocked</h1><p>You are unable to access product-letters.example.</p>"
            "<h2>Why have I been blocked?</h2><p>This site has a service against attacks. What you "
            "just did set it off: a certain word or phrase, a command of a database or malformed data may do so.</p>"
            "<h2>What can I do?</h2><p>Write to the owner of the site what you were doing when this "
            "page came up, and add the "
            "Ray ID that stands at the bottom of it.</p>"
        ),
    ),
    "paywall stub": (
        "How I prepare for a product interview",
        (
            f"<h1>How I prepare for a product interview</h1>{STORY}<h3>Keep reading with a free trial</h3>"
            "<p>Subscribe to Product Letters to keep reading this post.</p><p>Already a paid subscriber? Sign in</p>"
        ),
    ),
    "paywall stub of a few words": (
        "How to become a product manager",
        (
            "<h1>How to become a product manager</h1><p>Every product manager remembers the first roadmap.</p>"
            "<p>This post is for paying subscribers only.</p><p>Already have an account? Sign in.</p>"
        ),
    ),
    "login": (
        "Log in",
        (
            "<h1>Log in to Product Letters</h1><p>Email address</p><p>Password</p><p>Forgot your password?</p>"
            "<p>No account yet? Sign up</p>"
        ),
    ),
    "shell with a word": (
        "",
        "<div id=app>Loading...</div><p>Please enable JavaScript to use this application.</p>",
    ),
    "error of a gateway": (
        "502 Bad Gateway",
        "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>",
    ),
    "error of an application": (
        "Error",
        "<h1>Something went wrong</h1><p>We are sorry, an unexpected error came up. Please try again later.</p>",
    ),
    "error of a database": (
        "Error establishing a database connection",
        "<h1>Error establishing a database connection</h1>",
    ),
    "maintenance": (
        "Under maintenance",
        "<h1>We will be back soon</h1><p>The site is under maintenance. Please try again later.</p>",
    ),
    "parked": (
        "pm.example",
        "<h1>pm.example</h1><p>This domain is for sale.</p><p>Related: product manager jobs</p>",
    ),
}


@pytest.mark.parametrize("name", NO_PAGES)
def test_a_page_that_is_none_is_turned_away_and_called_so(name: str) -> None:
    title, body = NO_PAGES[name]
    html = f"<html lang=en><head><title>{title}</title></head><body>{body}</body></html>"
    outcome = curate(Page("https://product-letters.example/p/interviews", html.encode()), load_profile())
    assert outcome.status is Status.REJECTED
    assert outcome.kind == "none"
    assert outcome.judgement is not None
    assert outcome.judgement.kind_because, "what it was told by"


def test_the_story_alone_is_a_page() -> None:
    """The one behind the paywall: it is the wall that turns the page away."""
    title, _ = NO_PAGES["paywall stub"]
    html = f"<html lang=en><head><title>{title}</title></head><body><h1>{title}</h1>{STORY}</body></html>"
    outcome = curate(Page("https://product-letters.example/p/interviews", html.encode()), load_profile())
    assert outcome.status is Status.ACCEPTED
