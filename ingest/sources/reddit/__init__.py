"""Reddit by OAuth, as an application of its own: the newest posts of communities, and whether posts still stand."""
