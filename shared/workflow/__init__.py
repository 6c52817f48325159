"""One status, one table, one door: what a record may become, by whom, when, and what follows from it."""
