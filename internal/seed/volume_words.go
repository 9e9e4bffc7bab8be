package seed

import (
	"strconv"
	"strings"
)

// vocabulary makes subjects and messages of plain words, the first ones of the
// list far more often than the last.
type vocabulary struct {
	words []string
	wheel wheel
}

func newVocabulary() *vocabulary {
	words := strings.Fields(plainWords)
	return &vocabulary{words, newWheel(len(words), 20)}
}

// subject gives three to seven words.
func (v *vocabulary) subject(d *dice) string {
	var b strings.Builder
	v.sentence(&b, d, 3+d.below(5))
	return b.String()
}

func (v *vocabulary) sentence(b *strings.Builder, d *dice, words int) {
	for i := range words {
		w := v.words[v.wheel.spin(d)]
		if i == 0 {
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
			continue
		}
		b.WriteByte(' ')
		b.WriteString(w)
	}
}

// message gives 90 to 200 characters in sentences, and in some of them a word
// that a search for measuring looks for.
func (v *vocabulary) message(d *dice, id int64) string {
	var b strings.Builder
	b.Grow(240)
	least := 90 + d.below(80)
	for b.Len() < least {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		v.sentence(&b, d, 3+d.below(5))
		if d.in(300) {
			b.WriteByte(',')
			v.clause(&b, d)
		}
		b.WriteByte('.')
	}
	if d.in(100) {
		b.WriteString(" See " + CommonWord + " " + strconv.Itoa(1000+d.below(9000)) + ".")
	}
	if d.in(5) {
		b.WriteString(" About a " + ScarceWord + ".")
	}
	if id%1000 == 0 {
		b.WriteString(" Code " + RareWord + strconv.FormatInt(id/1000, 10) + ".")
	}
	return b.String()
}

func (v *vocabulary) clause(b *strings.Builder, d *dice) {
	for range 2 + d.below(3) {
		b.WriteByte(' ')
		b.WriteString(v.words[v.wheel.spin(d)])
	}
}

// numbered gives name i of a list; after the last it begins again with numbers.
func numbered(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return names[i%len(names)] + " " + strconv.Itoa(i/len(names)+1)
}

var (
	brandNames = []string{"Northwind", "Southgate", "Eastfield"}
	inboxNames = []string{"Support", "Accounts", "Service desk", "Orders", "Returns", "Staff", "Partners", "Facilities", "Press", "General"}
	groupNames = []string{"Front desk", "Accounts", "Second line", "Billing", "Logistics", "People team", "Facilities", "Legal", "Sales", "Purchasing",
		"Payroll", "Security", "Training", "Travel", "Quality", "Warehouse", "Research", "Field service", "Translation", "Archive"}
	departmentNames = []string{"Sales", "Legal", "Finance", "Marketing", "Production", "Research", "Design", "Procurement", "Maintenance", "Export"}
	tagNames        = []string{"urgent call", "hardware", "software", "access", "contract", "delivery", "warranty", "address", "account", "training",
		"travel", "printer", "network", "phone", "payroll", "holiday", "complaint", "praise", "question", "update"}
	firstNames = []string{"Ada", "Bela", "Carla", "Dario", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mara", "Nils", "Olga",
		"Pia", "Quentin", "Rosa", "Sven", "Tara", "Udo", "Vera", "Wanda", "Xaver", "Yara", "Zeno", "Amir", "Bianca", "Cem", "Dana"}
	lastNames = []string{"Adler", "Baker", "Costa", "Duarte", "Ek", "Fischer", "Garcia", "Horvat", "Ito", "Jensen", "Kaya", "Lindberg", "Moreau", "Novak",
		"Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Unger", "Varga", "Weber", "Yilmaz", "Zeller", "Andersen", "Brandt", "Conti", "Dubois", "Evans"}
)

// plainWords are the words of subjects and messages, the common ones first.
const plainWords = `
the to a we you it and for in is on of our this that your have with please can not be was are as at but from if or my there they will would could
has had when who how what which them their then than some any all more most other new old one two three first last next again still since after
before about into over under between during without within because while where why today tomorrow yesterday week month day morning evening hour
thanks hello regards kind sorry sure maybe yes no here just only also very much many few little good better best right wrong long short same
order ticket account address number name list page form file mail message answer question problem error reason case team office desk phone call
customer person people member manager company contract price payment bank card bill amount total cost change update delivery parcel box item part
product version device screen printer laptop cable server network password access login link button window table report data date time place door
room floor building street city country car train flight hotel meeting visit plan project task work job help support service system program
software machine tool engine battery light power water paper letter copy note picture photo video sound sign key lock bag chair lamp wall roof
open close send receive write read look see find lose keep hold bring take give get make do go come stay leave start stop begin end finish
wait try ask tell say show hear know think believe remember forget understand explain check test confirm cancel return replace repair move turn
add remove set use need want like hope expect happen appear work fail break fix install connect print save load search sort count pay buy sell
ship pack store pick drop fill cut join split share follow lead meet visit call invite agree decide choose compare measure record report
warm cold hot wet dry clean dirty full empty heavy light large small wide narrow high low deep fast slow early late quick quiet loud strong weak
simple hard easy possible certain clear exact complete broken missing ready busy free public private personal local foreign general special
actually already always never often sometimes usually finally recently soon later together alone inside outside upstairs downstairs nearby
january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
red green blue yellow black white grey brown orange purple silver golden north south east west left middle upper lower front back
apple bread butter cheese coffee dinner garden glass hammer island jacket kitchen ladder marble needle oven pencil quarter ribbon shelf
ticket umbrella valley wagon yard zipper anchor basket candle drawer envelope feather guitar helmet insect jungle kettle lemon mirror napkin
ocean pillow queue rocket saddle teapot uniform velvet whistle acorn bridge cabinet dolphin elbow fountain glove harbour inkwell jigsaw
kingdom lantern meadow nutmeg orchard parrot quilt raisin scarf thimble urn violin walnut yoghurt zebra almond barrel cactus diary easel
fiddle gravel hazel icicle jasmine kernel lagoon magnet noodle onion pebble quarry ruler sponge turnip upland vinegar willow yarn zinc
`
