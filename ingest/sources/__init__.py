"""The sources: clients of other people's APIs, which put what they find on the intake stream.

Each source is a few polls (see `polling`); all calls go through one seam (see `client`), which keeps the rate, retries,
breaks the circuit, and counts. A source never touches the database's posts: scorers do.
"""
