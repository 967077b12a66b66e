"""The application: fetches pages, extracts articles, wires storage and dedupe together."""
