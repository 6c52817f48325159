"""使用手册 (BEY-18): what web/guides says, read, checked against the portal's addresses, and made into pages and PDF files."""
