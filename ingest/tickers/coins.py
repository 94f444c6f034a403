"""Crypto coins and currencies: never stocks, even where a fund's or a company's symbol is spelled the same.

`$BTC` means the coin to those who write it, so the fund of that symbol is found only by its exchange's name
("NYSE Arca: BTC"); likewise `$LTC`, `$LINK`, `$TRX` and the companies of those symbols.
"""

from typing import Final

COINS: Final = frozenset(
    """
    AAVE ADA ALGO APT ARB ATOM AVAX AXS BCH BNB BONK BTC CRO CRV DAI DOGE DOT EOS ETC ETH FET FIL FLOKI FTM GRT HBAR
    ICP IMX INJ KAS KSM LDO LINK LTC LUNA LUNC MATIC MKR NEO NEXO PEPE QNT RNDR RUNE SEI SHIB SNX SOL SUI THETA TIA
    TON TRX UNI USDC USDT VET WBTC WIF WLD XBT XLM XMR XRP XTZ ZEC
    """.split()  # noqa: SIM905  # a table of words is easier to read and to extend
)
CURRENCIES: Final = frozenset(
    ("AUD", "BRL", "CAD", "CHF", "CNH", "CNY", "DKK", "EUR", "GBP", "HKD", "IDR", "INR", "JPY", "KRW", "MXN", "NOK")
) | {"NZD", "PLN", "RUB", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR"}

NEVER_STOCKS: Final = COINS | CURRENCIES
