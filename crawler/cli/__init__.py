"""The command line: parse, call one function, print. Heavy modules are imported by the commands that need them."""

from crawler.cli.app import main

__all__ = ["main"]
