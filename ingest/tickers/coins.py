"""Crypto coins and main currencies: never stocks, even where a fund's or a company's symbol is spelled the same.

`$BTC` means the coin to those who write it, so the fund of that symbol is found only by its exchange's name
("NYSE Arca: BTC"); likewise `$LTC`, `$LINK`, `$TRX` and the companies of those symbols.
"""

from typing import Final

COINS: Final = frozenset(
    """
    AAVE ADA ALGO ATOM AVAX BNB BONK BTC CRO CRV DAI DOGE DOT ETC ETH FIL FLOKI FTM GRT HBAR
    ICP IMX INJ KAS KSM LDO LINK LTC LUNA LUNC MATIC MKR NEXO PEPE RNDR RUNE SHIB SOL THETA TIA
    TON TRX UNI USDC USDT WBTC WIF WLD XBT XLM XMR XRP XTZ ZEC
    """.split()  # noqa: SIM905  # a table of words is easier to read and to extend
)
CURRENCIES: Final = frozenset({"AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "JPY", "NZD", "SEK", "USD"})

NEVER_STOCKS: Final = COINS | CURRENCIES
