"""The pages as a person meets them: Chromium on a running server."""
