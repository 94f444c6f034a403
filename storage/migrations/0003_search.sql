-- Typo-tolerant search. pg_trgm's default threshold of 0.6 loses most slips in short names: "telsa" and "Tesla" share a
-- third of their trigrams, "appel" and "apple" half. The threshold is a setting: a function sets it for itself and
-- leaves the session alone.
CREATE FUNCTION similar_stocks(wanted text, most integer) RETURNS TABLE (symbol text, similarity real)
LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.3 AS $$
    SELECT stocks.symbol, word_similarity(wanted, lower(stocks.name)) AS similarity
    FROM stocks
    WHERE wanted <% lower(stocks.name)
    ORDER BY similarity DESC, length(stocks.name), stocks.symbol
    LIMIT most
$$;
