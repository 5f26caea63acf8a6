"""Renders pages that scripts write, in a Chromium that has no network of its own.

The page was fetched by the crawl already, and whatever its scripts ask for is fetched by the crawl too: within the
source's hosts, as robots.txt allows, from public addresses, up to the limits of size. So all that is checked for a
page is checked for its parts. What does not come through here does not get out: no name resolves in this browser.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, Route

NEEDS_BROWSER = "needs a browser: its text is written by scripts"
BUSY = "its scripts keep the browser busy without an end"
INSTALL = "pip install 'pm-winnow[browser]', and Chromium on the PATH"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TEXT_TYPES = frozenset({"script", "xhr", "fetch"})  # what can write text; pictures and styles cannot
MOST_PARTS = 60  # a page
STUCK_SECONDS = 10.0  # for a page to say what it holds


class RenderError(Exception):
    """A page that cannot be rendered, or a browser that cannot be had; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was answered to a request of a page's script."""

    status: int
    content_type: str
    body: bytes


Fetch = Callable[[str], Awaitable[Part | None]]
"""Fetches a part of a page within the crawl's rules; None for what may not or cannot be had."""


def available() -> bool:
    """Whether a browser can be driven: the package is installed."""
    try:
        import playwright.async_api
    except ImportError:
        return False
    return bool(playwright.async_api)


class Renderer:
    """One browser, started when it is first needed; it renders one page at a time."""

    def __init__(self, user_agent: str, most_bytes: int, seconds: float) -> None:
        self._user_agent = user_agent
        self._most_bytes = most_bytes
        self._seconds = seconds  # for scripts to come to rest; what stands there then is taken
        self._lock = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def render(self, url: str, html: bytes, content_type: str, fetch: Fetch) -> str:
        """The page as it stands when its scripts have come to rest. Raises ``RenderError``."""
        visit = _Visit(url, Part(200, content_type, html), fetch)
        async with self._lock:
            browser = await self._started()
            try:
                context = await browser.new_context(
                    user_agent=self._user_agent, accept_downloads=False, service_workers="block"
                )
                text = await asyncio.wait_for(self._text(context, visit), 2 * self._seconds + STUCK_SECONDS)
                await asyncio.wait_for(context.close(), STUCK_SECONDS)
            except RenderError:
                await self.close()
                raise
            except Exception as error:  # noqa: BLE001 - whatever a hostile page does to the browser costs that page
                await self.close()
                busy = "timeout" in type(error).__name__.lower()
                reason = BUSY if busy else f"the browser gave up: {_first_line(error)}"
                raise RenderError(reason) from None
        return text

    async def _text(self, context: BrowserContext, visit: _Visit) -> str:
        from playwright.async_api import Error

        page = await context.new_page()
        context.on("page", lambda other: asyncio.ensure_future(other.close()))
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        await context.route_web_socket("**/*", lambda socket: socket.close())
        await context.route("**/*", visit.answer)
        with contextlib.suppress(
            Error
        ):  # one that never rests, or wants to go elsewhere, is taken as it stands
            await page.goto(visit.url, wait_until="domcontentloaded", timeout=self._seconds * 1000)
            await page.wait_for_load_state("networkidle", timeout=self._seconds * 1000)
        text = await asyncio.wait_for(page.content(), STUCK_SECONDS)
        if len(text) > self._most_bytes:
            raise RenderError(f"its scripts made a page of more than {self._most_bytes / 2**20:.3g} MiB")
        return text

    async def _started(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        await self.close()
        try:
            from playwright.async_api import async_playwright

            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=next((found for name in NAMES if (found := shutil.which(name))), None),
                # Chromium's own sandbox does not start for root
                args=[*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Exception as error:  # noqa: BLE001 - the package is there and does not work: one message for all of it
            raise RenderError(f"{NEEDS_BROWSER}, and none can be started ({_first_line(error)})") from None
        return self._browser

    async def close(self) -> None:
        """End the browser."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        for ending in (browser.close() if browser else None, playwright.stop() if playwright else None):
            if ending is not None:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(ending, STUCK_SECONDS)


class _Visit:
    """One page in the browser, and what it may ask for."""

    def __init__(self, url: str, document: Part, fetch: Fetch) -> None:
        self.url = url
        self._document: Part | None = document
        self._fetch = fetch
        self._parts = 0

    async def answer(self, route: Route) -> None:
        """Answer a request of the page; its own address is answered once, so that it leads nowhere else."""
        from playwright.async_api import Error

        with contextlib.suppress(Error):  # the page may be gone meanwhile
            part = await self._part(route)
            if part is None:
                # a page or a frame that wants to go elsewhere stays what it is, as after a click on "stop"
                await route.abort("aborted" if route.request.is_navigation_request() else "blockedbyclient")
            else:
                headers = {"content-type": part.content_type, "access-control-allow-origin": "*"}
                await route.fulfill(status=part.status, headers=headers, body=part.body)

    async def _part(self, route: Route) -> Part | None:
        asked: Any = route.request
        if asked.is_navigation_request() and self._document is not None:
            document, self._document = self._document, None
            return document
        if asked.method != "GET" or asked.resource_type not in TEXT_TYPES or self._parts >= MOST_PARTS:
            return None
        self._parts += 1
        return await self._fetch(asked.url)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
