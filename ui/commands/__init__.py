"""The commands, a module a group; ``ui.cli`` puts them together."""
