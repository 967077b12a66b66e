"""End to end: the installed command line, in a subprocess, against the small web."""
