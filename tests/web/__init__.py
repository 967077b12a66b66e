"""The small web: a few fictional news sites whose every copy and look-alike is known, served over real HTTP."""
