"""The embedded stack of ``make run``: PostgreSQL, Valkey, the five APIs, workers and beat under one supervisor. It owns
starting, watching and stopping them; what they do is the business of the services."""
