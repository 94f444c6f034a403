"""Operations and committed schema, held to each other."""
