"""One command a module; a module is imported only when its command is run."""
