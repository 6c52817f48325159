"""Background work: the messages that say "look", the workers that hear them, and rows of work with a lease."""
