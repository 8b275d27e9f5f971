"""The web page: ``app`` wires, ``render`` draws, ``texts`` holds the words, ``server`` serves."""
