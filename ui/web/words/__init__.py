"""The words of the interface in three languages."""
