"""Commands that set Wirefold up: the configuration and its sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.opening import load_config, log_to_stderr, open_store
from crawler.cli.options import ConfigFile, Format, RowFormat, StoreUrl, Verbose
from crawler.cli.output import Layout, print_records
