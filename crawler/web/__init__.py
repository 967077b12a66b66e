"""Review pages and the JSON API: what a store holds, shown and settled in a browser."""
