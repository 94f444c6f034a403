"""Words, places and family names that companies are called by, in lower case: a name made of them alone proves little.

Each is a frequent word of English. A company's name that consists of such words is taken only with a word of the market
right beside it.
"""

from typing import Final

_COMPANY_NAMES: Final = """
abbott acorn acuity acumen adagio aether affinity agora alamo albany alight align alignment allot alpha amalgamated
amass amaze amber amplify amplitude andersen anfield arcadia ardent arena array arrowhead artesian ascent ashland
aspire atmos atrium avalon aware bandwidth banner basel baxter beacon beeline belive benchmark bentley bicycle blend
bloom bogota booking borealis brady bridgewater bristol bristow broadway brookfield brunswick buckle build bullish
burlington byline cabot cactus cadiz cadre calumet canaan capri capstone cardinal caribou caring carlisle carlyle
carpenter carrier cartesian catalyst celsius charming charter cheer chime chord cincinnati clearfield cleveland click
coastal cognition cohen coherent concorde cooper cosmos crane crawford credo cumberland curtiss customers decent decoy
definitive deluxe denali descartes devon diodes dogwood dolphin dominion donaldson donegal dover dragonfly dreamland
duluth eagle eaton edison elastic ellington employers enact encompass enhanced enliven ennis ensign envoy epsilon
equitable equity escalade esquire ethos everest exponent factorial fathom ferguson fermi fluent flutter foghorn forte
fossil founder franco franklin freedom freight friedman frontier frontline fulcrum fulton genie genius gibraltar
glacier glimpse gorilla gorman graham grail grande grandstand gravity greenbrier hackett hadron hanover happen
harmonic harmony harrow hartford hawkins hawthorn hayward helios hello heron highway hilltop hinge hippo holley honest
horizon hubbell hudson huntington huntsman immersion imperial indonesia innate innovate insight inspire integer
intelligent intensity inter interface intrusion iridium jaguar janus jasper jefferies kandi kemper kestrel kimball
kirby knight knowles lakefront lakeside landmark lantern largo latham lattice lennox lexicon lichen ligand lilly
lincoln linde lindsay lineage linkage lionheart lotus louisiana lumen magna magnitude magyar marathon marcus marker
marti massimo matador matthews maximus mccormick mcewen mechanics medallion megan mercer merchants mercury meridian
merit merlin microchip milestone minerals mobility modular mohawk molina morningstar mosaic mueller myers natwest
navigator nerdy neutron newell newmarket nomad noodles northwest northwestern norwood obsidian occidental odyssey
opera oppenheimer optimum oscar oshkosh ouster outdoor outlook outset parke parsons pathfinder pattern peabody pearson
pennant people peoples perfect permian picard pineapple pioneer playboy plexus pliant polaris ponce popular porch
powell precision prelude primo princeton profound prosperity protagonist proto provident prudential pulse quince
rafael rapport recon recursion redwood reformation regis relay renew repay retractable revelation revolve rhythm
ribbon richardson riverview robin rockwell rocky rogers rollins roper royalty royce ryerson sabre schmid scholastic
scribe seaboard seneca shattuck shoals shore shuttle sierra silicon sinclair smithfield snail solaris sonoma southland
southside spectrum sphere spruce starz stepan stoke stride strive stubhub summit sunshine tactile tango tapestry
tarsus tempest tenet tennant terrestrial tetra tidewater timberland titan tompkins torrid transact treasure trimble
trinity triumph troops turbo tyler upland uranium vantage velocity venture vermilion versus vince viper vroom vulcan
washington waters weatherford weave werewolf werner westlake westwood williams winchester woodside woodward workhorse
worthington xenon zebra
"""
_PARTS: Final = """
a able academy access achieve action active advance advanced advantage advertising agents agree ah aim air aircraft
all allen alliance america american an and anderson angel animal anti apartment apple application applications applied
arrive arthur arts as asia assembly assets associated at atlanta atlantic austin australian authority auto automatic b
bank banking banks bar bath battery beach beauty beer begin below best better beyond big bird bit black block blue
boat body bone boost boston box brand brazil bread bridge bright brilliant british broad broadcast brothers brown
budget building burning business buy by cable california canada canadian cap capital card care carolina carter castle
cat cell centers central century chain champion champions change channel charles chase check chemical chicago china
chinese chocolate choice church circle citizens city clean clear climate closed cloud club co coal coast coffee
columbia comes comfort commerce commercial communication communications communities community company computer concept
concrete connect connection construction consumer context control controls core corporate corporation country county
cream creation creative credit critical cross crown culture currency custom cycle d data dave davis de deep defense
degrees design designer desk developed development devices diamond digital direct discount discovery disney display
distribution district dna do dollar dr dream driven duke dutch e earth east eastern education educational el electric
electronic element elite em empire en end energy engine engineering england enterprise entertainment environmental
equipment era essential establishment estate european event evolution ex exchange expand experience express extra
extreme f factory fair family famous farm farmers fashion fast fate federal fields fifth figure finance financial fire
first fitness five fix fixed flag flash floor florida flower flowers focus focused food foods for ford formula fort
forum forward found four fox frequency friends from ft fuel full future gain game games gaming garden gas gene general
generation genuine german glass global gold golden golf good goods government grace grade grand gray great green group
growth h ha half hang happy health healthcare healthy heaven henry heritage hi high hill hills holding home homes
hospital host hotel hour house household housing howard hunt i ice idea ideal ii iii illinois im image images impact
in inc independence independent industrial industries industry information infrastructure initial inspired installed
institute institution institutions insurance intelligence international internet investment iron island it iv j jack
jackson james jersey joe john johnson joint jones journey juice july k kansas kelly key knife korea l la lab lake land
lands landscape lane large latin lead leaders league learning leather lee legacy legal legend life lifetime limited
line lines live living loan local location logic long longer low lucky m machine machines magic main management
managers manchester manufacturing marine market markets martin materials max meat media medical medicine medium met
metal mexican mexico miami mid miller mind minds mining mission mixed mobile money monster month moon morgan mortgage
motion motor mount mountain mountains movement moving multi music my name nation national natural net network networks
new next nine no non north northern nuclear ny ocean of ohio oil old on once one online onto open operating
opportunities opportunity option or orange origin oxford pacific pan paper parent park parking partners partnership
parts patrick payments pc performance personal perspective pet physical place planet platform plus point policy pop
power price pride prime principal priority private pro processing produce production products professional progress
properties property protection public pure quality radio rail railway rain range rank rapid rare rate re reading ready
real recovery red regional regions rent republic research resort resource resources restaurant return revolution rich
ring rio risk river robert rock roll ross royal run rush ryan s safe safety san sand savings science sciences
scientific seasons seats second secret secure security select self senior series serve service services seven shared
ship shipping ships short shots shoulder sight signal silence silver simon simply site six sixth size skin sky small
smart smith social software solar solid solution solutions son sons sound source south southern space special sports
square stage standard star state states station steel step stock stop storage store stores strategic strategy street
strength strike structure studio sun super superior supply support surgery system systems t table target tax taylor
tech technical technology telephone test texas text the therapy third time times title to today tool tools top toronto
total tower track tracks trade trading transition transport transportation travel tree trend truck trump trust turn
turning twelve twenty two u uk under union united universal universe unusual up upon urban us usa v valley value vegas
vehicle via victory view village virgin virginia vision vital vs walker waste watch water wave ways wealth weekly well
west western where white wide wing wire work works world worldwide x y yards york your z
"""

PARTS_OF_NAMES: Final = frozenset(_PARTS.split())
"""Words so frequent in names that alone they name no company."""
PLAIN_NAMES: Final = frozenset(_COMPANY_NAMES.split()) | PARTS_OF_NAMES
