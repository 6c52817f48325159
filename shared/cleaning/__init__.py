"""Strangers' pictures and PDFs made harmless, for bounded processes: nobody else imports the libraries that read them."""
