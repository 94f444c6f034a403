"""Operations: the floor (settings, errors, logs, machine) that every room may use, and the roof (cli) that uses all."""
