"""Storage: one Article per URL, every Revision of it, and what dedupe found. Knows neither Scrapy nor datasketch."""
