"""What an operator runs: the embedded stack, migrations, demo data, status, backup. It may import the services and the
shared kit; nothing imports it but its own tests.
"""
