"""The IDE page, its files and the policy that confines both."""
