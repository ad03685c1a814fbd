"""An invented family, as a history file; any likeness to a real household is chance."""
