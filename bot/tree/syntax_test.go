package tree_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/tree"
)

func letter() tree.Kind { return tree.Kind{Name: "letter", Bytes: 64 << 10, Depth: 9} }

func TestFaultsOfYAMLAreReportedWhereTheirCauseIs(t *testing.T) {
	for _, tt := range []struct {
		name, src, want string
	}{
		{"an indentation that fits nothing", "a:\n  b:\n    - c\n   - d\ne: f\n", "4:4: not valid YAML: this line is indented by 3 spaces, which fits nothing above it; write 4 as on line 3 [syntax]"},
		{"a key among the items of a list", "- a\nb: c\n", "2:1: not valid YAML: this stands where the items of a list stand, as on line 1, and has no - before it; write one, or indent the line as what it belongs to [syntax]"},
		{"no comma behind a value", "- {a: true to: b}\n", "1:12: not valid YAML: a comma is missing before to [syntax]"},
		{"no comma behind what may be a text", "- {a: hola to: b}\n", "1:12: not valid YAML: a comma is missing before to, or a text with a colon and a space in it has to stand in quotes [syntax]"},
		{"a comment that takes a bracket away", "a: {b: c #1}\nd: e\n", "1:4: not valid YAML: what begins here is never closed with }; # behind a space begins a comment, unless the text stands in quotes [syntax]"},
		{"a tab", "a:\n\tb: c\n", "2:1: not valid YAML: a tab cannot indent a line; use spaces [syntax]"},
		{"a tab behind a text", "a: b\n\tc: d\n", "2:1: not valid YAML: a tab cannot indent a line; use spaces [syntax]"},
		{"quotes inside of quotes", "é: 😀\na: [\"di \"hola\"\"]\n", `2:10: not valid YAML: the text in quotes ends before this; inside of it, " is written \" [syntax]`},
		{"an apostrophe inside of quotes", "a: 'it's'\n", "1:8: not valid YAML: the text in quotes ends before this; inside of it, ' is written '' [syntax]"},
		{"a quote that is missing on an earlier line", "a: [\"hola]\nb: [\"x\"]\n", "1:5: not valid YAML: the text in quotes that begins here is not closed on its line [syntax]"},
		{"a quote that is missing for good", "a: b\nc: 'd\ne: f\n", "2:4: not valid YAML: the text in quotes that begins here is never closed [syntax]"},
		{"quotes of a word processor", "a: [“b ${c}”]\n", `1:5: not valid YAML: “ is no quotation mark here; write " or ' [syntax]`},
		{"a bracket that is never closed", "a: [b, c\nd: e\n", "1:4: not valid YAML: what begins here is never closed with ] [syntax]"},
		{"a brace that is never closed", "a: {b: c", "1:4: not valid YAML: what begins here is never closed with } [syntax]"},
		{"a comma that is missing", "a: [\n  \"b\" \"c\"\n]\n", "2:7: not valid YAML: a comma or ] is missing before this [syntax]"},
		{"a comma too many", "[a,,b]", "1:4: not valid YAML: a value is missing before this, or a comma is too many [syntax]"},
		{"a text that breaks off", "a: b\nc: [", "2:5: not valid YAML: the text breaks off; a value or a closing bracket is missing [syntax]"},
		{"a bracket too many", "{a: b}}", "1:7: not valid YAML: the text is complete before this [syntax]"},
		{"a colon in a text", "a: el precio: $100\n", "1:13: not valid YAML: a text with a colon and a space in it has to stand in quotes [syntax]"},
		{"no space behind a colon", "a:b\nc: d\n", "1:2: not valid YAML: a space is missing behind the colon; write a: b [syntax]"},
		{"no space behind a dash", "- a\n-b\n", "2:1: not valid YAML: a space is missing behind the dash; write - b [syntax]"},
		{"a list beside its key", "a: - b\n", "1:4: not valid YAML: a list begins on a line of its own, below its key [syntax]"},
		{"bold for WhatsApp", "a: [*Hola* Ana]\n", "1:5: anchors (&) and aliases (*) are not allowed; put a text that begins with & or * in quotes [anchor]"},
		{"a hashtag", "a: [#hola]\n", "1:5: not valid YAML: # begins a comment; put a text with it in quotes [syntax]"},
		{"an at sign", "a: @hola\n", "1:4: not valid YAML: no text begins with @; put it in quotes [syntax]"},
		{"a percent sign", "%a\n", "1:1: not valid YAML: no text begins with %; put it in quotes [syntax]"},
		{"a bar", "a: |hola\n", "1:5: not valid YAML: behind | or > the line ends; put a text that begins with one in quotes [syntax]"},
		{"a backslash", "a: \"\\d+\"\n", `1:5: not valid YAML: in double quotes \ begins an escape, and this is none; write \\ for a backslash, or use single quotes [syntax]`},
		{"an emoji as JSON escapes it", `a: "\ud83d\ude00"`, "1:7: not valid YAML: this escape is no character by itself; write the character, such as 😀, instead [syntax]"},
		{"another version", "%YAML 2.0\n---\na: b\n", "1:1: not valid YAML: the text has to be YAML 1.2 [syntax]"},
		{"a character that cannot be seen", "é: a\nb: \x01c\n", "2:4: not valid YAML: the character U+0001 cannot be shown, and is not allowed [syntax]"},
		{"a list beside a key that has a value", "a:\n  b: c\n  - d\n", "3:3: not valid YAML: this item of a list stands beside line 2, which has a value already; write each item on a line of its own below the key [syntax]"},
		{"an item without its dash", "a:\n  - b\n  c\n", "3:3: not valid YAML: this stands where the items of a list stand, as on line 2, and has no - before it; write one, or indent the line as what it belongs to [syntax]"},
		{"a key of an item, too shallow", "a:\n    - b: c\n     d: e\n", "3:6: not valid YAML: this line is indented by 5 spaces, which fits nothing above it; write 6 as on line 2, or 0 as on line 1 [syntax]"},
		{"an item between two depths", "a:\n  b:\n      - c\n    - d\n", "4:5: not valid YAML: this line is indented by 4 spaces, which fits nothing above it; write 6 as on line 3 [syntax]"},
		{"a comment does not count", "a:\n    b: c\n  # d\n  e: f\n", "4:3: not valid YAML: this line is indented by 2 spaces, which fits nothing above it; write 4 as on line 2, or 0 as on line 1 [syntax]"},
		{"a block of one depth and another", "a: |\n    b\n  c: d\n", "3:3: not valid YAML: this line belongs to the text that begins behind | on line 1; indent all lines of that text alike, deeper than line 1 [syntax]"},
		{"a block without indentation", "a:\n  - >\n  b\n", "3:3: not valid YAML: this line belongs to the text that begins behind > on line 2; indent all lines of that text alike, deeper than line 2 [syntax]"},
		{"no space behind the colon of an item", "a:\n  - b:c\n    d: e\n", "2:6: not valid YAML: a space is missing behind the colon; write b: c [syntax]"},
		{"a web address is no key", "a:\n  http://b.test\n  c: d\n", "2:3: not valid YAML: this is neither “key: value” nor a part of the text above it; write a colon and a space behind the key, or put a text of several lines in quotes [syntax]"},
		{"a key without its colon", "a\nb: c\n", "1:1: not valid YAML: this is neither “key: value” nor a part of the text above it; write a colon and a space behind the key, or put a text of several lines in quotes [syntax]"},
		{"an expression between brackets", "a: [Hola ${b}, c]\n", "1:11: not valid YAML: between brackets, a text with { has to stand in quotes [syntax]"},
		{"double braces between brackets", "a: [Hola {{b}}, c]\n", "1:10: not valid YAML: between brackets, a text with { has to stand in quotes [syntax]"},
		{"double braces", "a: {{b}}\n", "1:5: a key must be a text; put a text that begins with {{ or [ in quotes [type]"},
		{"a closing bracket", "a: ]\n", "1:4: not valid YAML: no text begins with ], and nothing is open that it closes; put a text in quotes [syntax]"},
		{"a comma in a text between braces", "{a: Hola, ¿cómo estás?, b: c}\n", "1:11: between braces, a comma ends a text; put all of the text before this in quotes [syntax]"},
		{"a question mark", "a: ? b\n", "1:4: not valid YAML: no text begins with ? and a space; put it in quotes [syntax]"},
		{"a colon in braces", "a: {b: c: d}\n", "1:9: not valid YAML: a text with a colon and a space in it has to stand in quotes [syntax]"},
		{"a line separator", "é: \"a\u2028b\"\nc: @\n", "1:6: not valid YAML: the character U+2028 ends a line; write a plain line break, or a space [syntax]"},
		{"a bracket that is never closed before keys of a deeper level's end", "a:\n  b: [\"é\"\n  c: d\ne: f\n", "2:6: not valid YAML: what begins here is never closed with ] [syntax]"},
		{"a bracket that a comment closes", "a:\n  b: [di #1 c]\n  c: d\ne: f\n", "2:6: not valid YAML: what begins here is never closed with ]; # behind a space begins a comment, unless the text stands in quotes [syntax]"},
		{"a bracket inside of a text", "a:\n  b: di [c\n   c: d\n", "3:5: not valid YAML: this line goes on with the text of the line above it; indent it like that line, or put a text of several lines in quotes [syntax]"},
		{"a no-break space that indents the line above", "a:\n  b:\n\u00a0   c: d\n    e: f\n", "3:1: not valid YAML: the character U+00A0 only looks like a space; write a plain one [syntax]"},
		{"a no-break space behind a colon", "a:\n  é: ñ\n  b:\u00a0c\n  d: e\n", "3:5: not valid YAML: the character U+00A0 only looks like a space; write a plain one [syntax]"},
		{"what git leaves of a conflict", "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", "2:1: not valid YAML: a conflict of git begins here; decide what stays, and take its marks out [syntax]"},
		{"a version and nothing behind it", "%YAML 1.2\na: b\n", "2:1: not valid YAML: behind the line that begins with % a line --- has to come [syntax]"},
		{"far down", strings.Repeat("# ñandú\n", 3000) + "a: b\n c: d\n", "3002:3: not valid YAML: this line goes on with the text of the line above it; indent it like that line, or put a text of several lines in quotes [syntax]"},
		{"a character far down", strings.Repeat("# ñandú\n", 3000) + "a: \x02\n", "3001:4: not valid YAML: the character U+0002 cannot be shown, and is not allowed [syntax]"},
		{"nested more than the library takes", strings.Repeat("[", 20_000), "1:10001: nested more than 9 deep [too-deep]"},
		{"UTF-16 with its mark", "\xff\xfea\x00", "1:1: the text is UTF-16; save it as UTF-8 [syntax]"},
		{"UTF-16 without its mark", "a\x00:\x00", "1:1: the text is UTF-16; save it as UTF-8 [syntax]"},
		{"Latin-1", "a: b\nc: caf\xe9\n", "2:7: the text is not valid UTF-8 here; save the file as UTF-8 (in the encoding Latin-1, or Windows-1252, this byte is é) [syntax]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, problems := tree.Parse([]byte(tt.src), letter())
			require.Nil(t, root)
			require.Equal(t, []string{tt.want}, list(problems))
			_, problems = tree.Parse([]byte(strings.ReplaceAll("\ufeff"+tt.src, "\n", "\r\n")), letter())
			if utf16 := strings.HasPrefix(tt.src, "\xff\xfe"); !utf16 {
				require.Equal(t, []string{tt.want}, list(problems), "with a byte order mark and the line breaks of Windows")
			}
		})
	}
}

func TestFaultsOfJSONAreReportedWhereTheirCauseIs(t *testing.T) {
	for _, tt := range []struct {
		name, src, want string
	}{
		{"a comma behind the last key", "{\n  \"é\": \"\\ud83d\\ude00\",\n  \"b\": [1], \n}\n", "3:11: not valid JSON: no comma may stand before the closing } [syntax]"},
		{"a comma behind the last item", "{\"a\": [\"\\ud83d\\ude00\",\n1, ]}", "2:2: not valid JSON: no comma may stand before the closing ] [syntax]"},
		{"a comma that is missing", "{\"a\": 1\n \"b\": 2}", "2:2: not valid JSON: a comma is missing before this [syntax]"},
		{"a colon that is missing", `{"a" 1}`, "1:6: not valid JSON: a colon is missing before this [syntax]"},
		{"a quote that is missing", "{\"a\": \"x\n\"b\": 2}", `1:9: not valid JSON: a text in quotes ends on its line; a closing " is missing, or \n for a line break [syntax]`},
		{"a backslash", `{"a": "\d"}`, `1:9: not valid JSON: a backslash begins an escape, and this is none; write \\ for a backslash [syntax]`},
		{"a text that breaks off", "{\"a\": [1,\n 2", "2:3: not valid JSON: the text breaks off [syntax]"},
		{"a brace too many", `{"a": 1}}`, "1:9: not valid JSON: the text is complete before this [syntax]"},
		{"a list that a brace closes", `{"a": [1}`, "1:9: not valid JSON: a list is open here; ] closes it [syntax]"},
		{"an object that a bracket closes", `{"a": [{"b": 1]}`, "1:15: not valid JSON: an object is open here; } closes it [syntax]"},
		{"a comment", "{\"a\": 1, // one\n \"b\": 2}", "1:10: a comment begins with #, and JSON has none [syntax]"},
		{"half of an emoji", `{"a": "x \ud83d"}`, `1:7: an escape such as \ud83d is half of a character; the other half must follow it [syntax]`},
		{"a number that no computer holds", `{"a": 1e999}`, "1:7: the number is too large [value]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, mark := range []string{"", "\ufeff"} {
				_, problems := tree.Parse([]byte(mark+tt.src), letter())
				require.Equal(t, []string{tt.want}, list(problems))
			}
		})
	}
}

func TestWhatOtherToolsReadDifferentlyIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"the tag without a name", "a: [! \"b\", ! c]\n", []string{"1:5: tags (!) are not allowed; take it out, or put a text that begins with ! in quotes [tag]", "1:12: tags (!) are not allowed; take it out, or put a text that begins with ! in quotes [tag]"}},
		{"the same of nothing and of an object", "a: !\nb: ! {c: d}\n", []string{"1:4: tags (!) are not allowed; take it out, or put a text that begins with ! in quotes [tag]", "2:4: tags (!) are not allowed; take it out, or put a text that begins with ! in quotes [tag]"}},
		{"a key with a question mark in braces", "a: {b: c, ?d: e}\n", []string{"1:11: put the key ?d in quotes: other YAML tools take its ? for a mark [syntax]"}},
		{"a key with a question mark", "?d: e\n", []string{"1:1: put the key ?d in quotes: other YAML tools take its ? for a mark [syntax]"}},
		{"spaces that are none before a key", "a: b\n\u00a0\u00a0c: d\n", []string{"2:1: the line is indented with the character U+00A0; indent with plain spaces [syntax]"}},
		{"spaces that are none before a list", "a:\n\u00a0\u00a0- c\n\u00a0\u00a0- d\n", []string{"2:1: not valid YAML: the line is indented with the character U+00A0; indent with plain spaces [syntax]"}},
		{"spaces that are none before an item", "a:\n  \u00a0- c\n", []string{"2:3: the line is indented with the character U+00A0; indent with plain spaces [syntax]"}},
		{"an item in the text of another", "a:\n- b\n - c\n", []string{"2:3: warning: the line below goes on with this text, although it begins with -; indent it like the items above it [syntax]"}},
		{"a no-break space behind a dash", "a:\n  -\u00a0b\n", []string{"2:3: the character U+00A0 behind the - only looks like a space; write a plain one [syntax]"}},
		{"letters that became two", "a: b\nc: \u00c2\u00bfQu\u00c3\u00a9?\n", []string{"2:4: warning: Â¿ looks like ¿ of a text that was read in another encoding (Latin-1) and written again; write ¿ [encoding]"}},
		{"numbers in other notations", "a: .inf\nb: 0o17\nc: 017\nd: 1_000\ne: 0x1F\n", []string{
			"1:4: write the number in plain decimal digits, or the text in quotes [value]",
			"2:4: write the number in plain decimal digits, or the text in quotes [value]",
			"3:4: write the number in plain decimal digits, or the text in quotes [value]",
			"4:4: write the number in plain decimal digits, or the text in quotes [value]",
			"5:4: write the number in plain decimal digits, or the text in quotes [value]",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := tree.Parse([]byte(tt.src), letter())
			require.Equal(t, tt.want, list(problems))
		})
	}
}

func TestTheSameTextReadsTheSame(t *testing.T) {
	for _, tt := range []struct {
		name, src, want string
	}{
		{"the directive of YAML 1.2", "%YAML 1.2\n---\na: b\n", `{"a":"b"}`},
		{"below comments and beside others", "# c\n\n%TAG !e! tag:x\n%YAML  1.2 # c\r\n---\r\na: b\r\n", `{"a":"b"}`},
		{"that of YAML 1.1", "%YAML 1.1\n---\na: yes\n", `{"a":"yes"}`},
		{"a text that only looks like one", "a: |\n  %YAML 1.2\n", `{"a":"%YAML 1.2\n"}`},
		{"an end and comments behind it", "---\na: b\n...\n# c\n", `{"a":"b"}`},
		{"a slash and an emoji as JSON escapes them", "\ufeff{\"a\": \"\\/ \\ud83d\\ude00\"}", `{"a":"/ 😀"}`},
		{"a slash in YAML", `a: "\/"`, `{"a":"/"}`},
		{"JSON with the commas of YAML", `{"a": [1,],}`, `{"a":[1]}`},
		{"a block that ends in a line of spaces", "a: |\n  x\n    ", `{"a":"x\n  \n"}`},
		{"the same with a line break behind it", "a: |\n  x\n    \n", `{"a":"x\n  \n"}`},
		{"a block that ends in less than its indentation", "a: |\n  x\n \n  \nb: c\n", `{"a":"x\n","b":"c"}`},
		{"words of YAML 1.1", "a: [12:30:45, =, '<<']\n", `{"a":["12:30:45","=","<<"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, problems := tree.Parse([]byte(tt.src), letter())
			require.False(t, tree.Fatal(problems), "%v", problems)
			require.Equal(t, tt.want, string(tree.JSON(root)))
		})
	}
}

// Whatever is wrong with a text, its problems have a place inside of it, or just behind it.
func TestProblemsStandInsideOfTheText(t *testing.T) {
	pieces := []string{"a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", `"`, "'", "\t", "“", "*", "&x ", "! ", "?", "|", ">", "#", "%", "é", "\u00a0", "\r\n", `\`, "\u2028", "\x01", "<<", "${", "Ã³", "a:b", "-b"}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "text"), "")
		_, problems := tree.Parse([]byte(src), letter())
		lines := 1 + strings.Count(src, "\n") + strings.Count(src, "\u2028")
		for _, p := range problems {
			require.True(t, p.Line >= 1 && p.Line <= lines+1, "%q: %s", src, p)
			require.True(t, p.Column >= 1 && p.Column <= len([]rune(src))+2, "%q: %s", src, p)
		}
	})
}
