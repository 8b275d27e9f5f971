"""What an evaluation found, for people: as text for a terminal, as one HTML page, with curves."""
