"""Where the cards come from: an adapter per site, the records they all make, and how a record becomes a row."""
