"""Code tables of the field, shipped as CSV, and the region tree: what a code is called, what a name's code is.
They are defaults and vocabulary; what an administrator adds or ends lives in the services' databases.
"""
