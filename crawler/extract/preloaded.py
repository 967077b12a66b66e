"""What the process that workers are forked from loads once: each of them would need half a second for it."""

import trafilatura  # noqa: F401

from crawler.extract import language

language.detected("The statistics of letters are read from a file when the first text is looked at. " * 3)
