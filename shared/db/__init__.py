"""Tables, units of work and lists: the only part of the platform that commits."""
