"""Near-duplicate judgement: texts to sketches, candidates to edges, edges to clusters with a canonical one. Pure."""
