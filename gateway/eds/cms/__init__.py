"""CMS SignedData (RFC 5652): read, check, sign, judge."""
