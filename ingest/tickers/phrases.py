"""The words of traders and of market news that tell a symbol from a word, in lower case."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EXCHANGES: Final = _words("nyse nasdaq amex nysearca nysemkt nyseamerican arca cboe bats otc otcmkts nasdaqgs nasdaqgm")
FOREIGN_EXCHANGES: Final = _words(
    "lse lon tsx tsxv tse asx fra etr epa hkex hkg nse bse sgx krx ams six cve neo bme bit sto hel"
    " ebr cnsx cse wse szse sse sehk"
)
ALSO_OF_EXCHANGES: Final = _words("american arca market global select")

SIDES: Final = _words("c p call calls put puts leap leaps cc ccs csp csps fd fds straddle strangle spread condor")
DATES: Final = _words(
    "/ - @ jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august"
    " september october november december exp expiry expiring weekly weeklies monthly 0dte dte strike itm otm atm"
)
BUYS: Final = _words(
    "bought buy buying buys sold sell selling sells long longing short shorted shorting hold holding holds held own"
    " picked loaded loading loads scooped snagged owns owning owned add added adding trimmed trimming dumped dumping"
    " grabbed grabbing scalped scalping traded trading accumulating accumulated averaging averaged avg hodling yoloed"
    " daytrading swinging wheeling watching shorts hedged"
)
PAST_DEALS: Final = _words("bought sold trimmed dumped grabbed shorted")
AMOUNTS: Final = _words("more some my all these those mostly only both into out back up down on of heavy big")
SUBJECTS: Final = _words(
    "pullback breakout breakdown rally selloff setup volume insiders shares share stock stocks calls call puts put"
    " options leaps leap position positions stake stakes bullish bearish spread spreads straddle condor fds long short"
    " wheel csps ccs invested thoughts think opinion opinions bags bagholder starter starters entry exposure dd"
    " bet bets upside downside"
)
JOINTS: Final = _words("of on in to about")
ANNOUNCERS: Final = _words("ticker tickers symbol symbols")
SHARE_NOUNS: Final = _words(
    "stock stocks shares share earnings er calls puts call put leaps options option chart charts dividend dividends"
    " guidance bulls bears bagholders holders shareholders longs shorts gang float iv squeeze bull bear position ipo"
    " q1 q2 q3 q4 eps revenue valuation fcf ceo cfo premarket afterhours dip spreads"
)
ALSO_VERBS: Final = _words("calls call puts put shares position")
AFTER_VERBS: Final = _words("off out it its his her us them up down for")
OPTION_NOUNS: Final = _words("calls puts leaps earnings dividend shares stock options")
MOVES: Final = _words(
    "moving running breaking bouncing bounced reports reported reporting beats beat misses missed jumps jumped"
    " rallies rallied rallying soars soared soaring plunges plunged tanks tanked tanking rips ripped ripping dumps"
    " dumped drops dropped dropping pops popped popping gaps gapped gapping surges surged surging slides slid sliding"
    " sinks sank tumbles tumbled climbs climbed falls fell falling rises rose rising closed closes opened trades"
    " trading guided guides moons mooning mooned squeezed squeezing announces announced upgraded downgraded printing"
    " bleeding dipping crashes crashed crashing gained gains lost slips slipped edges edged outperforms outperformed"
    " underperforms underperformed posts posted spikes spiked raises raised cuts slashes slashed flat green red"
    " cratered craters"
)
NEWS_VERBS: Final = _words(
    "says said sees expects expected plans unveils launches hires names named warns warned files filed sues settles"
    " buys acquires acquired agrees completes wins declares prices swings doubles triples lifts lifted lowers lowered"
    " hikes hiked boosts boosted tops topped lays recalls recalled faces signs halts delays considers seeks eyes taps"
    " appoints overtakes walks pledges pulls expands shuts invests reveals introduces volumes inventory results sales"
    " profit profits revenues margins comps quarterly"
)
HEADLINE_VERBS: Final = _words(
    "says said sees expects plans unveils launches hires names warns sues settles acquires agrees declares lowers lifts"
    " hikes boosts tops lays recalls appoints"
)
"""What only a company does: these take even an ordinary word that begins a sentence for a symbol."""
INFINITIVES: Final = _words(
    "buy sell acquire cut lay hire invest raise pay merge launch spin split offer recall halt build expand shut join"
    " report spend open"
)
MAY_BE_CUT: Final = _words("its guidance dividend outlook jobs prices production forecast estimates output")
BASE_MOVES: Final = _words(
    "drop fall rise jump tank rip dump pop sink slide crash rally surge soar moon bounce gap run"
)
ASKED: Final = _words("did does will can could would should")
ARE: Final = _words("is are was were")
RATINGS: Final = _words(
    "target targets pt pts rating estimates coverage overweight underweight outperform underperform"
)
DEGREES: Final = _words("a way so very too")
ADVERBS: Final = _words("barely still just really finally about now already not only also actually basically slowly")
GREETED: Final = _words("everyone everybody all fam guys folks yall frens friends traders team gang peeps")
NOT_OF_STOCKS: Final = _words(
    "scan scans study patients payroll payrolls degree vance excel powerpoint gpu gpus 3060 3070 3080 3090 4060 4070"
    " 4080 4090 5070 5080 5090"
)
"""What follows an abbreviation that is no symbol there: a CAT scan, ADP payrolls, JD Vance, an RTX 4090."""
VERDICTS: Final = _words(
    "overvalued undervalued oversold overbought bullish bearish cheap expensive buy sell hold long short mooning"
    " ripping tanking printing up down red green dead flying trading"
)
LIKES: Final = _words("like love prefer")
CROSSES: Final = _words("broke breaks broken crossed crosses lost losing reclaimed reclaims")
CROSSED: Final = _words("the out down through above below resistance support its 20 50 100 200 vwap")
GETS: Final = _words("get getting gets got")
BEATEN: Final = _words("hammered crushed destroyed killed smashed slammed wrecked bought dumped downgraded upgraded")
"""What a stock gets on its way down or up."""
OWN: Final = _words("my his her your our their")
HELD: Final = _words("position positions bags bag holdings holding stake lot lots")
FIRMS: Final = _words("company stock business compounder")
"""What a judgement of a stock ends in: a great company."""
SOON: Final = _words(
    ". ! ? , by eow eoy eod soon next this before then tomorrow today incoming easy lol confirmed when"
) | {"\n"}
"""What follows the price that somebody expects: to 200 by Friday."""
FILLERS: Final = _words(
    "pays paying yields yielding is was are ( 's just already up down by closed closing open opened opens"
    " finishing ended ends"
)
RECORDS: Final = _words("all ath aths all-time record new 52")
LEVELS: Final = _words("@ at to above below over under past hits hit near around through from broke breaks crossed")
DETERMINERS: Final = _words("a an the my your his her our their this that these those no any some every each such")
NOT_OF_SYMBOLS: Final = _words("class series plan vitamin type grade tier round team appendix section phase generation")
CLOSERS: Final = _words(
    "vs versus have had were could should may might . , ; : ! ? ) ( / & + - \u2013 \u2014 % # and or but at for with"
    " from after before today tomorrow tonight yesterday this next last right again now because since while as if when"
    " until too instead either anymore also so like pre post into ahead over than is was will has are looks still all"
    " lol though off on in here yet premarket both are were do does did never always can must keep keeps under below"
    " near around through thru till during report reports kick beat miss post lead rise fall"
) | {"\n"}
PAIRED: Final = _words("and & / or vs versus")
DIVIDERS: Final = _words(", / & + and or ; | vs versus -") | {"\n"}
CLOSING_MARKS: Final = _words(". , ; : ! ? ) / & and or") | {"\n"}

FINANCE: Final = (
    SHARE_NOUNS
    | _words(
        "stocks market markets investor investors invest investing bullish bearish analyst analysts upgrade upgrades"
        " upgraded downgrade downgrades downgraded target targets estimate estimates forecast forecasts outlook quarter"
        " quarterly profit profits loss losses sales margin margins revenues results trading trade traders trader"
        " portfolio buyback buybacks merger acquisition acquire acquires deal takeover stake shareholder"
        " dividend nasdaq"
        " nyse dow rally selloff cap valuation billion million overweight underweight outperform neutral"
        " rating guidance"
        " fiscal layoffs antitrust ipo spinoff yield pe chips bought sold long short buying selling holding"
        " earnings beat"
        " beats misses missed premarket bid raises cuts price tariffs tariff fda approval trial phase ev"
        " deliveries recall recalls recalled executive stores payout bookings"
        " supplier factory plant contract lawsuit ceo cfo bankruptcy debt bond subscribers shipments orders backlog"
    )
) - {"call", "put", "position", "long", "short", "dip", "red", "green"}
NO_COMPANY_AFTER: Final = _words(
    "deforestation forest tribe eclipse wildfires rainforest river basin pie pies cider tree trees juice"
    " orchard orchards analysis analyses warriors jungle"
    " practice sauce watch foundation university college stadium arena museum tag tags physics universe humor title"
    " description"
)

NAME_STARTERS: Final = _words(
    "why is are should will can does did do how what when where who could would buy buying sell selling and the has"
    " have shares stocks stock at for of in on with as if but after before while report breaking update watch alert"
    " exclusive big bank banks retailer automaker chipmaker giant maker ceo company rival from by versus vs or to news"
)

BROKERS: Final = frozenset(
    ("JPM", "GS", "MS", "BAC", "C", "WFC", "BCS", "UBS", "DB", "JEF", "RY", "BMO", "HSBC", "RJF", "PIPR", "SF", "EVR")
) | {"TD", "NMR", "MFG", "BNS", "CM", "OPY", "COWN", "LAZ", "TFC", "KEY", "STT", "BK", "MCO", "MORN", "SPGI", "NDAQ"}
FORETELL: Final = _words(
    "says said sees see expects expect thinks warns forecasts strategist strategists economist economists desk"
)
MARKETS: Final = _words(
    "s&p sp500 spx nasdaq market markets equities economy recession fed rates rate inflation gdp cpi oil brent gold"
    " dollar bonds yields treasuries homebuilders sector sectors ecb bitcoin commodities copper retailers airlines"
    " semis chipmakers housing"
)
JUDGES: Final = _words(
    "sees expects says analyst analysts note likes upgrade downgrade upgrades"
    " upgraded downgrades downgraded initiates initiated reiterates reiterated starts"
)
OF_THEMSELVES: Final = _words("its profit profits earnings revenue stock shares layoffs bonus bonuses dividend fees")
BROKERS_SAY: Final = _words(
    "lowers raises expectations reels positive negative cautious picks favorite points likes upgrade upgrades"
    " upgraded downgrade downgrades downgraded initiates initiated initiate reiterates reiterated overweight"
    " underweight outperform underperform neutral buy-rated analyst analysts target targets pt rating estimates"
    " coverage started cut cuts raised bullish bearish conviction hold"
)

FAMILIAR: Final = _words(
    "tsla nvda aapl msft amzn googl goog nflx pltr gme amd intc qqq sqqq tqqq baba smci mstr rivn lcid sofi hims rddt"
    " cvna crwd avgo asml tsm arkk voo vti vxus schd jpm bac xom cvx xle xlf soxl soxs tlt nio wmt tgt pfe jnj pypl"
    " shop rklb asts qcom mrvl dkng chwy roku upst afrm amc bbby bynd clov tlry nvax dell uvxy vxx iwm spxs spxl jepi"
    " msty"
) - {"shop", "dell"}
"""Symbols that no English word resembles, taken in any case: posts write them in small letters."""
