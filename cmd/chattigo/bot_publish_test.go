package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the site says of its channel: the tiny bot's versions are live, or the starter.
const (
	onStarter = `{"waId":"56911110000","phoneNumberId":"1","account":"acme","webhook":"","version":"v14.0","bot":null,"publication":0,"updatedAt":"2026-03-10T12:00:00Z"}`
	onTiny1   = `{"waId":"56911110000","phoneNumberId":"1","account":"acme","webhook":"","version":"v23.0","bot":{"name":"tiny","version":1,"hash":"0123456789abcdef"},"publication":7,"updatedAt":"2026-03-10T12:00:00Z"}`
	tiny1Live = `{"waId":"56911110000","bot":{"name":"tiny","version":1,"hash":"0123456789abcdef"},"publication":7,"publishedAt":"2026-03-10T12:00:00Z","publishedBy":"acme"}`
	none      = `{"waId":"56911110000","bot":null,"publication":8,"publishedAt":"2026-03-10T12:00:00Z","publishedBy":"acme"}`
)

const openOnes = "Conversations that are open end on the version that they began with.\n"

func TestPublishSaysWhatWasLiveAndWhatIs(t *testing.T) {
	const starterToTiny = "Channel 56911110000: the starter was live, tiny version 1 is live now (publication 7).\n" + openOnes
	path := write(t, t.TempDir(), "tiny.bot.yaml", tiny)
	for name, tt := range map[string]struct {
		args []string
		live string
		sent string
		want string
	}{
		"a version":                            {[]string{"tiny@1"}, onStarter, `{"bot":"tiny","version":1,"expected":null}`, starterToTiny},
		"the newest":                           {[]string{"tiny"}, onStarter, `{"bot":"tiny","expected":null}`, starterToTiny},
		"latest":                               {[]string{"tiny@latest"}, onStarter, `{"bot":"tiny","expected":null}`, starterToTiny},
		"a file":                               {[]string{path}, onStarter, `{"bot":"tiny","version":1,"expected":null}`, starterToTiny},
		"over a definition that is no version": {[]string{"tiny@1"}, strings.NewReplacer(`"version":1`, `"version":0`, "0123456789abcdef", "fedcba9876543210").Replace(onTiny1), `{"bot":"tiny","version":1}`, "Channel 56911110000: tiny@fedcba98 was live, tiny version 1 is live now"},
		"what is live":                         {[]string{"tiny@1"}, onTiny1, `{"bot":"tiny","version":1,"expected":{"bot":"tiny","version":1}}`, "Channel 56911110000: tiny version 1 was live already; nothing has changed.\n"},
		"as expected":                          {[]string{"tiny@1", "--expected", "starter"}, onStarter, `{"bot":"tiny","version":1,"expected":null}`, starterToTiny},
		"what one says":                        {[]string{"tiny@1", "--expected", "other@4"}, onStarter, `{"bot":"tiny","version":1,"expected":{"bot":"other","version":4}}`, starterToTiny},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, map[string]answer{
				"PUT /bots/tiny": {body: putTiny}, "GET /channels/56911110000": {body: tt.live}, "PUT /channels/56911110000/bot": {body: tiny1Live},
			})
			code, out, errOut := s.terminal(t).run(t, "", append([]string{"bot", "publish", "--channel", "56911110000"}, tt.args...)...)
			require.Zero(t, code, errOut)
			require.Contains(t, out, tt.want)
			sent := s.got[len(s.got)-1]
			const request = "PUT /channels/56911110000/bot "
			require.Equal(t, request, sent[:len(request)])
			require.JSONEq(t, tt.sent, sent[len(request):])
		})
	}
}

func TestARefusedPublicationIsReadable(t *testing.T) {
	const (
		failing   = `{"message":"the case \"says hi\" of the tests of tiny fails: the text is \"hi\", not \"bye\"","failures":[{"case":"says hi","line":4,"problem":"the text is \"hi\", not \"bye\""},{"case":"b","line":9,"problem":"x\u001b[2Jy"}]}`
		tooOld    = `{"message":"channel 56911110000 uses v14.0 of the Graph API, which does not have: interactive flow","problems":[{"level":"error","code":"version","message":"v14.0 of the Graph API does not have: interactive flow","line":6,"column":12}]}`
		meanwhile = `{"message":"channel 56911110000 has clinica version 4 live, not version 2","live":{"bot":"clinica","version":4}}`
	)
	dir := t.TempDir()
	path := write(t, dir, "tiny.bot.yaml", tiny)
	tests := write(t, dir, "tiny.test.yaml", tinyTests)
	for name, tt := range map[string]struct {
		arg     string
		answer  answer
		out     string
		wantErr string
	}{
		"a test of the file":      {path, answer{422, failing}, tests + ":4: the case \"says hi\" fails: the text is \"hi\", not \"bye\"\n" + tests + ":9: the case \"b\" fails: x [2Jy\n", `the case "says hi" of the tests of tiny fails: the text is "hi", not "bye"`},
		"a test on the server":    {"tiny@1", answer{422, failing}, "tests of tiny:4: the case \"says hi\" fails: the text is \"hi\", not \"bye\"\n", `the case "says hi" of the tests of tiny fails: the text is "hi", not "bye"`},
		"a feature of the file":   {path, answer{422, tooOld}, path + ":6:12: error: v14.0 of the Graph API does not have: interactive flow [version]\n", "channel 56911110000 uses v14.0 of the Graph API, which does not have: interactive flow"},
		"a feature on the server": {"tiny@1", answer{422, tooOld}, "tiny@1:6:12: error: v14.0", "channel 56911110000 uses v14.0 of the Graph API, which does not have: interactive flow"},
		"somebody else":           {"tiny@1", answer{409, meanwhile}, "", "channel 56911110000 has clinica version 4 live, not version 2"},
		"an operator":             {"tiny@1", answer{401, `{"message":"unauthorized Access"}`}, "", "unauthorized Access: this account may not do that"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, map[string]answer{
				"PUT /bots/tiny": {body: putTiny}, "PUT /bots/tiny/tests?version=1": {body: putTinyTests},
				"GET /channels/56911110000": {body: onStarter}, "PUT /channels/56911110000/bot": tt.answer,
			})
			code, out, errOut := s.terminal(t).run(t, "", "bot", "publish", tt.arg, "--channel", "56911110000")
			require.Equal(t, 1, code)
			require.Contains(t, out, tt.out)
			require.NotContains(t, out, "is live now")
			require.Equal(t, "chattigo: "+tt.wantErr+"\n", errOut)
		})
	}
}

func TestAChannelThatIsNotThere(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /channels/1": {400, `{"message":"unsupported get request. Object with ID '1' does not exist"}`}})
	for _, command := range [][]string{{"publish", "tiny@1"}, {"rollback"}} {
		code, _, errOut := s.terminal(t).run(t, "", append(append([]string{"bot"}, command...), "--channel", "1")...)
		require.Equal(t, 1, code)
		require.Equal(t, "chattigo: unsupported get request. Object with ID '1' does not exist\n", errOut)
	}
}

func TestMistakesOfTypingWhenPublishing(t *testing.T) {
	s := newSite(t, nil)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"publish", "tiny"}, "missing flags: --channel=WA-ID (see chattigo bot publish --help)"},
		{[]string{"publish", "--channel", "1"}, `expected "<file|name[@version]>" (see chattigo bot publish --help)`},
		{[]string{"publish", "Tiny", "--channel", "1"}, `"Tiny" is no name of a bot: small letters, digits and -, at most 63`},
		{[]string{"publish", "tiny@0", "--channel", "1"}, `"0" is no version of tiny: a number such as 3, or latest`},
		{[]string{"publish", "tiny@newest", "--channel", "1"}, `"newest" is no version of tiny: a number such as 3, or latest`},
		{[]string{"publish", "tiny", "--channel", "1", "--tests", "a.test.yaml"}, "--tests goes with a definition's file: the tests of a bot on the server lie there"},
		{[]string{"publish", "tiny", "--channel", "1", "--expected", "tiny"}, "--expected wants a version too, such as clinica@3; or it is starter"},
		{[]string{"rollback", "--channel", "1", "--expected", "tiny@x"}, `"x" is no version of tiny: a number such as 3, or latest`},
		{[]string{"publish", "tiny.test.yaml", "--channel", "1"}, "tiny.test.yaml is a test file: name the definition, and its tests go with it"},
		{[]string{"push", "tiny.test.yaml"}, "tiny.test.yaml is a test file: name the definition, and its tests go with it"},
		{[]string{"rollback"}, "missing flags: --channel=WA-ID (see chattigo bot rollback --help)"},
		{[]string{"versions", "Tiny"}, `"Tiny" is no name of a bot: small letters, digits and -, at most 63`},
		{[]string{"versions", "tiny", "--limit", "0"}, "bot versions: --limit is a number from 1 to 1000 (see chattigo bot versions --help)"},
		{[]string{"channels", "--limit", "1001"}, "bot channels: --limit is a number from 1 to 1000 (see chattigo bot channels --help)"},
		{[]string{"init", "--lang", "fr"}, `--lang must be one of "es","en" but got "fr" (see chattigo bot init --help)`},
	} {
		code, _, errOut := s.terminal(t).run(t, "", append([]string{"bot"}, tt.args...)...)
		require.Equal(t, 2, code, tt.args)
		require.Equal(t, "chattigo: "+tt.want+"\n", errOut)
	}
	require.Empty(t, s.got)
}

func TestRollbackSaysWhereItWent(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /channels/56911110000": {body: onTiny1}, "POST /channels/56911110000/bot/rollback": {body: none}})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "rollback", "--channel", "56911110000")
	require.Zero(t, code, errOut)
	require.Equal(t, "Channel 56911110000: tiny version 1 was live, the starter is live now (publication 8).\n"+openOnes, out)
	const sent = "POST /channels/56911110000/bot/rollback "
	require.JSONEq(t, `{"expected":{"bot":"tiny","version":1}}`, strings.TrimPrefix(s.got[1], sent))

	s.answers["POST /channels/56911110000/bot/rollback"] = answer{409, `{"message":"there is nothing to go back to"}`}
	code, out, errOut = s.terminal(t).run(t, "", "bot", "rollback", "--channel", "56911110000")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, "chattigo: there is nothing to go back to\n", errOut)
}

func TestPublishingForTools(t *testing.T) {
	s := newSite(t, map[string]answer{
		"PUT /bots/tiny": {body: putTiny}, "GET /channels/56911110000": {body: onTiny1},
		"PUT /channels/56911110000/bot": {body: tiny1Live}, "POST /channels/56911110000/bot/rollback": {body: none},
	})
	const was = `{"name":"tiny","version":1,"hash":"0123456789abcdef"}`
	path := write(t, t.TempDir(), "tiny.bot.yaml", tiny)
	code, out, errOut := s.terminal(t).run(t, "", "bot", "publish", path, "--json", "--channel", "56911110000")
	require.Zero(t, code, errOut)
	require.JSONEq(t, `{"bot":`+putTiny+`,"was":`+was+`,"live":`+tiny1Live+`}`, out)

	code, out, _ = s.terminal(t).run(t, "", "bot", "rollback", "--json", "--channel", "56911110000")
	require.Zero(t, code)
	require.JSONEq(t, `{"was":`+was+`,"live":`+none+`}`, out)

	const refused = `{"message":"no","live":null}`
	s.answers["PUT /channels/56911110000/bot"] = answer{409, refused}
	s.answers["GET /channels/56911110000"] = answer{body: onStarter}
	code, out, _ = s.terminal(t).run(t, "", "bot", "publish", "tiny@1", "--json", "--channel", "56911110000")
	require.Equal(t, 1, code)
	require.JSONEq(t, `{"was":null,"refused":`+refused+`}`, out)
}
