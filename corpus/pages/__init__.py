"""Typeset and scanned pages: lines with their boxes, put into the order in which a person reads them."""
