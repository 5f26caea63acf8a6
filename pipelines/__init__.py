"""What happens to a page after it was fetched: archived, extracted, cleaned, stored, shown, exported."""
