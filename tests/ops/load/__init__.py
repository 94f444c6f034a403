"""The load of `insitechart budget check`, and its judgement."""
