-- Typo-tolerant search. pg_trgm's default threshold of 0.6 loses half of the one-letter slips in short names ("appel"
-- and "apple" share 0.5), and the threshold is a setting: a function sets it for itself and leaves the session alone.
CREATE FUNCTION similar_stocks(wanted text, most integer) RETURNS TABLE (symbol text, similarity real)
LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.4 AS $$
    SELECT stocks.symbol, word_similarity(wanted, lower(stocks.name)) AS similarity
    FROM stocks
    WHERE wanted <% lower(stocks.name)
    ORDER BY similarity DESC, length(stocks.name), stocks.symbol
    LIMIT most
$$;
