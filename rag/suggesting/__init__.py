"""Questions that documents answer, made from their own words and asked of the assistant before they are offered."""
