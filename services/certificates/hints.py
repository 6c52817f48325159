"""The tasks of certificates that are asked to look as soon as a transaction is through, by the name that ``worker`` gives them."""

RENDER_DUE = "certificates.render_due"
RENDER_FORMS = "certificates.render_forms"
