package expr

// Bounds of an expression before it is published.
const (
	maxSource  = 1000 // code points of one expression
	maxNesting = 64   // parentheses, lists and operators inside one another
	// maxShape bounds lists, maps and loops inside and after one another. CEL's type checker takes
	// time with the cube of how deep the types are: 60 chained maps took 200 ms, these take 5.
	maxShape = 24
	// maxEstimate bounds the cost of an expression at worst (see estimate.go), over lists of
	// hintList elements and texts of hintText characters.
	maxEstimate = 100_000
	hintList    = 100
	hintText    = 4096
	// hintDyn is the size of a value inside a list or a map: a list of 100, or a title.
	hintDyn = 100
	// maxRegexp and maxInstructions bound the pattern of matches: its characters, and what it
	// compiles to. A step of each instruction at each character is the worst that RE2 does.
	maxRegexp       = 200
	maxInstructions = 500
)

// Bounds of evaluation.
//
// BenchmarkHostile and BenchmarkJSON measure what a unit takes in computing time: 60 to 150 ns
// for most of what an expression can do, under 1 for reading a long text, 300 at worst (a key
// of 512 bytes looked up in a map, 40 conditions inside one another; AMD EPYC, go1.26). A
// hostile expression is therefore stopped after 20 to 60 ms, and an event after 0.1 to 0.3 s.
// Kubernetes allows a tenant's rules 1,000,000 units, which it takes for 0.1 s. A usual
// condition costs 5 to 20 units and takes some 0.7 µs.
const (
	maxCost      = 200_000   // one expression
	maxEventCost = 1_000_000 // all expressions of an event

	maxText  = 64 << 10  // bytes of a text that an expression makes, and of what it gives
	maxInput = 256 << 10 // bytes of JSON that are read as one value
	maxDepth = 32        // lists and maps inside one another
)

// Bounds of what expressions can hold: elements of a list or keys of a map, and bytes of a key, so that
// looking one up costs little.
const (
	MaxElements = 10_000
	MaxKey      = 512
)
