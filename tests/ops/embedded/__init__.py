"""The launcher of embedded servers, with the real programs."""
