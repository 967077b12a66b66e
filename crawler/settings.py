"""Scrapy's settings, and only those. What an operator configures is put over them in ``crawler.spiders.process``."""

from importlib.metadata import version

BOT_NAME = "wirefold"

# Politeness. A delay is the least time between two requests to a host, so it is not varied.
USER_AGENT = f"Wirefold/{version('wirefold')}"
ROBOTSTXT_USER_AGENT = "Wirefold"
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS = 0  # no limit of those that wait; WIREFOLD_CONCURRENCY bounds those that are sent
WIREFOLD_CONCURRENCY = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 4
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # pages in the order the spider asks for them

CONCURRENT_ITEMS = 1  # of one response, and a page gives one: Scrapy starts as many tasks for each

# Limits.
REDIRECT_MAX_TIMES = 10
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]  # 429 and 503 ask for quiet: BackOff
DOWNLOAD_WARNSIZE = 0
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 50_000_000
DOWNLOAD_HANDLERS = {
    "http": "crawler.components.downloading.GatedDownloadHandler",
    "https": "crawler.components.downloading.GatedDownloadHandler",
    "data": None,
    "file": None,
    "s3": None,
    "ftp": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "crawler.components.addresses.JudgingResolver"

METAREFRESH_ENABLED = False  # news pages reload themselves

# From the spider to the network. Answers go the other way: through Recording before they are decompressed (590),
# through BackOff after Scrapy has retried (550) and redirected (600) them. HostLog sees what any of them refuses.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # knows no cache, no 5xx, no Crawl-delay
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.components.host_log.HostLog": 40,
    "crawler.components.addresses.PrivateAddressGuard": 50,
    "crawler.components.backing_off.BackOff": 60,
    "crawler.components.obedience.RobotsTxt": 100,
    "crawler.components.pace.FixedProxy": 740,
    "crawler.components.recording.Recording": 800,
    "crawler.components.pace.CrawlDelay": 890,
}
# Every answer reaches the spider, which gives each loss its reason; no page is told where its address was found; the
# others have no use here. Each would cost time with every page.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {"crawler.components.delivery.PagePipeline": 100}
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": None,
    "crawler.components.delivery.StopOnError": 100,
    "crawler.components.ending.PromptEnd": 100,
}

# The program has one log and one way in.
LOG_INSTALL_ROOT_HANDLER = False
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
DOWNLOADER_STATS = False  # HostLog counts
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
