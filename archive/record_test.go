package archive

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/archive/pseudonym"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/rerun"
	"github.com/chattigo/api-isv/bot/script"
)

// tested are the definitions beside which tests lie, with these.
func tested(t testing.TB) map[string]string {
	tests := map[string]string{}
	for _, pattern := range []string{"../bot/script/testdata/*.test.yaml", "../examples/*.test.yaml", "../examples/bots/*.test.yaml"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range found {
			definition := strings.TrimSuffix(path, ".test.yaml") + ".bot.yaml"
			if _, err := os.Stat(definition); err == nil {
				tests[definition] = path
			}
		}
	}
	require.NotEmpty(t, tests)
	return tests
}

func read(t testing.TB, path string) []byte {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

// anotherWay is in the comment of a test in which the bot goes another way than it went.
const anotherWay = "another way"

func TestEveryConversationOfTheExamplesBecomesATestThatPasses(t *testing.T) {
	for path, tests := range tested(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b := loadBot(t, string(read(t, path)))
			f, err := script.Load(read(t, tests))
			require.NoError(t, err)
			k := &keeper{t: t}
			for i := range f.Cases {
				c := &f.Cases[i]
				c.Play(k.player(b, c.Setup, nil))
			}
			require.NotEmpty(t, k.all)
			for _, c := range k.all {
				text, err := Record(b, *c, "x.bot.yaml", "recorded")
				require.NoError(t, err)
				requirePasses(t, b, text)
				require.NotContains(t, string(text), anotherWay)
			}
		})
	}
}

func requirePasses(t require.TestingT, b *definition.Bot, text []byte) {
	f, err := script.Load(text)
	require.NoError(t, err, "%s", text)
	require.Empty(t, f.Check(b), "%s", text)
	played := f.Cases[0].Play(script.NewPlayer(b, f.Cases[0].Setup, nil))
	require.Nil(t, played.Failure, "%s", text)
}

// privateBot asks for everything, and tells it to somebody else's server.
const privateBot = `
bot: v1
name: fichas
languages: [es]
timezone: America/Santiago
start: saludo
vars:
  nombre: {type: string, pii: true}
  rut: {type: string, pii: true}
  correo: {type: string}
  fono: {type: string}
  nacimiento: {type: date, pii: true}
  edad: {type: int, pii: true}
  ficha: {type: map, pii: true}
  horas: {type: list}
states:
  saludo: {say: ["Hola ${contact.name}, ¿tu nombre?"], ask: {as: text, save: {nombre: answer.text}, to: rut}}
  rut: {say: ["¿RUT, ${vars.nombre}?"], ask: {as: rut, save: {rut: answer.value}, to: correo}}
  correo: {say: ["¿Correo, ${vars.rut}?"], ask: {as: email, save: {correo: answer.value}, to: fono}}
  fono: {say: ["¿Teléfono, ${vars.correo}?"], ask: {as: phone, save: {fono: answer.value}, to: nacimiento}}
  nacimiento: {say: ["¿Nacimiento, ${vars.fono}?"], ask: {as: date, save: {nacimiento: answer.value}, to: edad}}
  edad: {say: ["¿Edad?"], ask: {as: int, save: {edad: answer.value}, to: buscar}}
  buscar:
    call:
      http:
        get: "https://api.example.com/fichas/${vars.rut}?nombre=${vars.nombre}&correo=${vars.correo}&fono=${vars.fono}"
      save: {ficha: result.json}
      on_error: fin
    say: ["${vars.ficha.direccion} / ${vars.ficha.apoderado.nombre} / ${string(vars.nacimiento)} / ${string(vars.edad)}"]
    ask: {as: any, to: fin}
  fin: {say: ["Listo, ${contact.name} (${contact.wa_id})"], close: {reason: done}}
`

func TestNothingPersonalIsLeftInTheTest(t *testing.T) {
	b := loadBot(t, privateBot)
	k := &keeper{t: t}
	setup := script.Setup{Now: opened().Add(300 * time.Millisecond), Contact: bot.Contact{WaID: "56987654321", UserID: "CL.13491208655302741918", Name: "Josefa Núñez 🌻"}, LoopGuard: true}
	target, err := script.ParseTarget("GET *")
	require.NoError(t, err)
	setup.Mocks = []script.Mock{{Target: target, Answers: []script.Answer{{Status: 200, Body: `{"direccion": "Av. Los Leones 1234, depto 56", "telefono": 987654321,
		"rut": "12.345.678-5", "dv": "5", "apoderado": {"nombre": "PEDRO ÑANCUPIL", "mail": "Pedro.Nancupil@correo.cl"}, "deuda": 45990, "fecha": "2026-04-01"}`}}}}
	p := k.player(b, setup, nil)
	for _, text := range []string{
		"hola", "Josefa Núñez Soto", "12.345.678-5", "josefa.nunez@correo.cl", "+56 9 2334 4556", "10 de marzo de 1980", "46",
		"gracias, soy JOSEFA NUNEZ (rut 123456785, o 12345678-5), mi hijo usa el 9 2334 4556 y mi mail JOSEFA.NUNEZ@CORREO.CL; https://x.example/p?n=Josefa%20N%C3%BA%C3%B1ez&f=%2B56%209%202334%204556",
	} {
		require.NoError(t, p.Receive(script.NewText(text)))
		require.NoError(t, p.Wait(1500*time.Millisecond))
	}
	require.Len(t, k.all, 1)

	text, err := Record(b, *k.all[0], "fichas.bot.yaml", "recorded")

	require.NoError(t, err)
	requirePasses(t, b, text)
	requireNothingLeft(t, text, "josefa", "núñez", "soto", "ñancupil", "leones", "depto", "12345678", "87654321", "23344556", "13491208655302741918",
		"correo.cl", "10 de marzo", "1980-03-10", "1234", "45990", "0198f3a2")
	require.NotContains(t, string(text), anotherWay)
	for _, line := range []string{
		`contact: {wa_id: "56985550001", user_id: CL.00000000000000000001, name: "Silvia Bruno 🌻"}`,
		`      - user: Silvia Bruno Alba`,
		`      - user: "10.000.007-5"`,
		`rut: "10.000.007-5", dv: "5"`,
		`telefono: 985550001`,
		`      - user: "gracias, soy SILVIA BRUNO (rut 100000075, o 10000007-5), mi hijo usa el 9 2555 0002 y mi mail persona1@example.com; https://x.example/p?n=Silvia%20Bruno&f=%2B56%209%202555%200002"`,
	} {
		require.Contains(t, string(text), line)
	}
}

// requireNothingLeft looks for values in a text: as they stand, decoded, without accents and case, and
// as digits only.
func requireNothingLeft(t require.TestingT, text []byte, values ...string) {
	decoded, err := url.PathUnescape(strings.ReplaceAll(string(text), "%", "%25"))
	require.NoError(t, err)
	if unescaped, err := url.PathUnescape(string(text)); err == nil {
		decoded += unescaped
	}
	var folded []string
	for line := range strings.Lines(decoded) {
		for len(line) > fold.MaxRunes {
			folded, line = append(folded, fold.Text(line[:fold.MaxRunes])), line[fold.MaxRunes-100:]
		}
		folded = append(folded, fold.Text(line))
	}
	plain := strings.Join(folded, "\n")
	digits := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, plain)
	for _, value := range values {
		require.NotContains(t, plain, fold.Text(value), "%s", text)
		require.NotContains(t, digits, strings.ReplaceAll(fold.Text(value), " ", ""), "%s", text)
	}
}

// recorded plays texts and other messages with a bot, and records the conversation.
func recorded(t testing.TB, source string, setup script.Setup, messages ...json.RawMessage) (*definition.Bot, []byte, error) {
	b := loadBot(t, source)
	k := &keeper{t: t}
	p := k.player(b, setup, nil)
	for _, m := range messages {
		require.NoError(t, p.Receive(m))
		require.NoError(t, p.Wait(1001*time.Millisecond))
	}
	require.NotEmpty(t, k.all)
	// On a clock that stands still: how long a busy machine takes is not what these tests are about.
	at := time.Now()
	unhurried := &patience{now: func() time.Time { return at }, until: at.Add(conversationTime)}
	text, err := unhurried.recordInTime(b, *k.all[0], "x.bot.yaml", "recorded")
	return b, text, err
}

const echoBot = `
bot: v1
name: eco
start: eco
vars: {dicho: {type: string}, todo: {type: map, pii: true}}
states:
  eco:
    say: ["Dime"]
    ask: {as: any, save: {dicho: answer.text}, to: llamar}
  llamar:
    call: {http: {post: "https://api.example.com/x", json: {dicho: "${vars.dicho}"}}, save: {todo: "has(result.json.ok) ? result.json : {}"}, on_error: otra}
    goto: otra
  otra: {say: ["Oí: ${vars.dicho}"], goto: eco}
`

func hostileSetup(t testing.TB, answers ...script.Answer) script.Setup {
	target, err := script.ParseTarget("POST *")
	require.NoError(t, err)
	return script.Setup{
		Now: opened(), Contact: bot.Contact{WaID: "56987654321", Name: "Ana \u200fMaría: {x}"},
		Mocks: []script.Mock{{Target: target, Answers: answers}},
	}
}

func TestHostileConversationsBecomeTestsThatPass(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for _, tt := range []struct{ name, said, body string }{
		{"a regular expression", "/^(a|b)*$/", `{"ok": "/.*/"}`},
		{"a broken one", "/(/", `{"ok": "/(/"}`},
		{"signs of YAML", "- {a: b}\n# c: &x *y !z |\n---\n...\t'\"", `{"- a": "b: #c"}`},
		{"4,096 characters", strings.Repeat("ñandú ", 682) + "fin", `{"ok":"` + strings.Repeat("x ", 100) + `"}`},
		{"emoji", "👩🏽‍💻🇨🇱 56987654321 1️⃣", `{"ok":"👍🏽"}`},
		{"right to left", "\u202eabc\u200f 5698\u200f7654321 \u2028\u2029\u0085\u007f\ufeff", `{"ok":"\u202e"}`},
		{"control characters", "a\u0000b\u001b[31m", `{"ok":"\u0000"}`},
		{"a deep response", "hola", deep},
		{"a key that comes twice", "hola", `{"a":1,"a":2,"ok":true}`},
		{"no JSON", "hola", "<html>56987654321 & ñ</html>"},
		{"an empty response", "hola", ""},
		{"a percent sign", "100% de 50%2 %zz %41", `{"ok":"%"}`},
		{"numbers of all kinds", "1e400 0x1F 007", `{"ok":1e400,"b":-0.0,"c":12345678901234567890,"d":1E+2}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, text, err := recorded(t, echoBot, hostileSetup(t, script.Answer{Status: 200, Body: tt.body}), script.NewText("hola"), script.NewText(tt.said), script.NewText("chao"))
			require.NoError(t, err)
			requirePasses(t, b, text)
			requireNothingLeft(t, text, "56987654321", "maría")
			require.NotContains(t, string(text), anotherWay)
		})
	}
}

func TestALargeResponseIsRecordedOrRefused(t *testing.T) {
	var items []string
	for i := range 400 {
		items = append(items, fmt.Sprintf(`{"rut":"%d-%d","fono":"+56 9 8%07d"}`, 10_000_000+i, i%10, i))
	}
	body := `{"ok":true,"items":[` + strings.Join(items, ",") + `]}`
	require.Less(t, len(body), chat.MaxRecordedBody)

	b, text, err := recorded(t, echoBot, hostileSetup(t, script.Answer{Status: 200, Body: body}), script.NewText("hola"), script.NewText("algo"))
	require.NoError(t, err)
	requirePasses(t, b, text)
	requireNothingLeft(t, text, "56980000123")

	large := `{"ok":"` + strings.Repeat("x", 64<<10-len(`{"ok":""}`)) + `"}`
	_, _, err = recorded(t, echoBot, hostileSetup(t, script.Answer{Status: 200, Body: large}), script.NewText("hola"), script.NewText("algo"))
	require.ErrorIs(t, err, ErrNotRecordable)
	require.EqualError(t, err, "the conversation cannot become a test: a response to a call was too large to be kept")
}

func TestWhatCannotBeRecordedIsSaid(t *testing.T) {
	b := loadBot(t, echoBot)
	for _, tt := range []struct {
		name string
		c    rerun.Conversation
		want string
	}{
		{"without a record", rerun.Conversation{ID: "cnv_1", Bot: b.Hash}, "an older version of the service archived it, without what the bot was given"},
		{"a part is gone", rerun.Conversation{ID: "cnv_1", Bot: b.Hash, Turns: []chat.Recorded{{Sends: 1}}}, "a part of its record is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Record(b, tt.c, "x.bot.yaml", "recorded")
			require.ErrorIs(t, err, ErrNotRecordable)
			require.EqualError(t, err, "the conversation cannot become a test: "+tt.want)
		})
	}
}

func TestAConversationThatIsTooLongForATestFileIsRefused(t *testing.T) {
	for count, want := range map[int]string{250: "at most 500", 501: "it has 501 messages of the contact, and a test at most 500 steps"} {
		var messages []json.RawMessage
		for range count {
			messages = append(messages, script.NewText("hola"))
		}
		_, _, err := recorded(t, strings.Replace(echoBot, "to: llamar", "to: otra", 1), hostileSetup(t), messages...)
		require.ErrorIs(t, err, ErrNotRecordable)
		require.ErrorContains(t, err, want)
	}
}

func TestNothingLeavesTheCommentOfATest(t *testing.T) {
	r := &retelling{book: pseudonym.New("", nil), real: &testimony{way: []string{theEnd + "a\ncases: []\r\u0085\u2028\x1b[2J\u202e\u009b"}}}
	comment := string(r.comment())
	require.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{2028}-\x{202e}]`, comment)
	for line := range strings.Lines(comment) {
		require.Equal(t, '#', rune(line[0]))
	}
	require.Contains(t, comment, "then the end, a cases: []")
}
