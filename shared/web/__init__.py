"""What every service's HTTP side shares: units of work per request, callers, problems, lists, versions, uploads."""
