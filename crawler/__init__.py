"""How pages are found and fetched: sources, spiders and what keeps a crawl polite and safe."""
