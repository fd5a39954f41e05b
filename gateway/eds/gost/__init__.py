"""GOST as Kazakhstan uses it: ГОСТ 34.10-2015 with Streebog, ГОСТ 34.310-2004 with ГОСТ 34.311-95."""
