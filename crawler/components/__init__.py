"""Scrapy adapters: what stands between the spider and the network, and between the spider and the store.

Nothing is imported here: Scrapy is slow to import, and most commands do not crawl.
"""
