"""People in front: the command line and the web page."""
