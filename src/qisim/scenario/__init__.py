"""Files of scenarios, read and checked."""
