"""X, API v2: recent search from where the last one ended, and whether posts still stand."""
