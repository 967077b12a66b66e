"""Near-duplicate judgement: texts to sketches, candidates, verified edges, clusters, a canonical article. Pure functions."""
