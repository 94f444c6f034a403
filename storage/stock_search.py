"""The search statement: five ways to match, best first, each of them a bounded read of one index."""

# $1 text in upper case; $2, $3 bounds of its symbol prefix; $4, $5 bounds of its name prefix; $6 pattern of names that
# contain it; $7 the text itself; $8 how many. A text of one or two letters has too few trigrams to be similar to
# anything in particular. Scores: 1 for the symbol, then how much of the matched text was given, then the similarity.
SEARCH = """
WITH found (symbol, rank, reason, score) AS (
    SELECT symbol, 1, 'symbol', 1.0::float8 FROM stocks WHERE symbol = $1::text
    UNION ALL
    (SELECT symbol, 2, 'symbol_prefix', length($1::text)::float8 / length(symbol)
     FROM stocks WHERE symbol >= $2::text AND symbol < $3::text ORDER BY symbol LIMIT $8::bigint)
    UNION ALL
    (SELECT symbol, 3, 'name_prefix', length($7::text)::float8 / length(name)
     FROM stocks WHERE lower(name COLLATE "C") >= $4::text AND lower(name COLLATE "C") < $5::text
     ORDER BY lower(name COLLATE "C"), symbol LIMIT $8::bigint)
    UNION ALL
    (SELECT symbol, 4, 'name', length($7::text)::float8 / length(name)
     FROM stocks WHERE length($7::text) > 2 AND lower(name) LIKE lower($6::text)
     ORDER BY length(name), symbol LIMIT $8::bigint)
    UNION ALL
    (SELECT symbol, 5, 'similar', similarity::float8
     FROM similar_stocks(lower($7::text), $8::integer) WHERE length($7::text) > 2)
), best AS (
    SELECT symbol, rank, reason, score
    FROM (SELECT DISTINCT ON (symbol) symbol, rank, reason, score FROM found ORDER BY symbol, rank) AS one_each
    ORDER BY rank, score DESC, symbol LIMIT $8::bigint
)
SELECT stocks.symbol, name, exchange, sector, industry, market_cap, simulated, reason, least(score, 1) AS score
FROM best JOIN stocks ON stocks.symbol = best.symbol
ORDER BY rank, score DESC, stocks.symbol
"""
