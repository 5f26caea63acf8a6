"""Scrapy settings: polite and careful unless a source says otherwise."""

from __future__ import annotations

from importlib import metadata


def user_agent(contact: str = "") -> str:
    """What every request says of us; ``contact`` is the operator's e-mail address or web page."""
    try:
        version = metadata.version("pm-winnow")
    except metadata.PackageNotFoundError:
        version = "0"
    told = "reads product-management career articles for a corpus; obeys robots.txt"
    return f"winnow/{version} ({told}{f'; operator: {contact}' if contact else ''})"


BOT_NAME = "winnow"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = user_agent()

# Politeness: one request at a time to a site, no faster than it answers.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "winnow"
CONCURRENT_REQUESTS = 4  # a source; whoever stops a crawl waits for these
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 8  # of one answer, which is one page mostly: Scrapy starts as many tasks for every answer
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # half of what a site asks for is not what it asks for
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "en,*;q=0.5",
}

# Waits of 2, 6 and 18 seconds, or what Retry-After asks for up to the maximum.
# breadth first: a list before the articles of its first entry
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

RETRY_TIMES = 3
RETRY_HTTP_CODES = [429, 500, 502, 503, 504, 522, 524]
RETRY_WAIT_SECONDS = 2.0
RETRY_WAIT_MAX_SECONDS = 60.0

# Limits: DOWNLOAD_TIMEOUT is the total time of a page, from the connection to the last byte of its body.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # also after decompression
DOWNLOAD_WARNSIZE = 0
DNS_TIMEOUT = 20
RENDER_SECONDS = 30.0  # for the scripts of a page to come to rest, in sources that ask for a browser
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
LINKS_PER_PAGE = 500
LISTING_PAGES = 200  # feeds, sitemaps and their pages, a source and run
# pages of one shape in a row without an article, until a way that follows links leaves the others alone: of a site that
# has an article among fifty such pages, one in sixty is misjudged
BARREN_PAGES = 200
# Both drop requests without a word; depth and length are checked where the fate is written down.
DEPTH_LIMIT = 0
URLLENGTH_LIMIT = 0

# Safety
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
PRIVATE_HOSTS: list[str] = []
DOWNLOAD_VERIFY_CERTIFICATES = True
HTTPPROXY_ENABLED = False  # a proxy resolves names itself, past the check of addresses
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
HTTPCACHE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.BoundedHandler",
    "https": "crawler.handler.BoundedHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.pressure.PressureMiddleware": 30,
    "crawler.middlewares.private_addresses.PrivateAddressMiddleware": 40,
    "crawler.middlewares.scope.ScopeMiddleware": 50,
    "crawler.middlewares.browser.BrowserMiddleware": 60,  # last to see an answer, when all else has judged it
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.backoff.BackoffMiddleware": 550,
    "crawler.middlewares.listings.ListingsMiddleware": 570,
    "crawler.middlewares.content_type.ContentTypeMiddleware": 580,
    "crawler.middlewares.unpacking.UnpackingMiddleware": 590,
    "crawler.middlewares.moved.MovedMiddleware": 600,
}
EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,
    "crawler.politeness.Politeness": 0,
}
ITEM_PIPELINES = {"pipelines.curating.CuratingPipeline": 300}

LOG_LEVEL = "INFO"
