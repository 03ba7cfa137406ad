package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestListShowsTheBots(t *testing.T) {
	s := newSite(t, map[string]answer{
		"GET /bots?limit=20":              {body: `{"bots":[{"name":"tiny","version":3,"hash":"0123456789abcdef","createdAt":"2026-03-10T12:00:00Z","createdBy":"acme","channels":["56911110000","56911110001"],"tests":12},{"name":"b","version":1,"hash":"fedcba9876543210","createdAt":"2026-03-11T12:00:00Z","createdBy":"acme","channels":[],"tests":0}]}`},
		"GET /bots?account=acme&limit=20": {body: `{"bots":[]}`},
	})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "list")
	require.Zero(t, code, errOut)
	require.Equal(t, ""+
		"NAME  NEWEST  HASH      AT                 BY    TESTS  LIVE ON\n"+
		"tiny  3       01234567  2026-03-10 12:00Z  acme  12     56911110000 56911110001\n"+
		"b     1       fedcba98  2026-03-11 12:00Z  acme  0      -\n", out)
	code, out, _ = s.terminal(t).run(t, "", "bot", "list", "--json")
	require.Zero(t, code)
	require.JSONEq(t, s.answers["GET /bots?limit=20"].body, out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "list", "--account", "acme")
	require.Equal(t, "There are no bots yet: chattigo bot push puts one there.\n", out)
}

func TestVersionsAreReadPageByPage(t *testing.T) {
	const third = `{"version":3,"hash":"0123456789abcdef","createdAt":"2026-03-10T12:34:56Z","createdBy":"acme","channels":["56911110000"],"open":2}`
	const second = `{"version":2,"hash":"fedcba9876543210","createdAt":"2026-03-09T12:34:56Z","createdBy":"acme","channels":[],"open":0}`
	s := newSite(t, map[string]answer{
		"GET /bots/tiny/versions?limit=20":              {body: `{"versions":[` + third + `],"next":"c/1"}`},
		"GET /bots/tiny/versions?cursor=c%2F1&limit=19": {body: `{"versions":[` + second + `],"next":null}`},
		"GET /bots/tiny/versions?limit=1":               {body: `{"versions":[` + third + `],"next":"c/1"}`},
	})
	const head = "VERSION  HASH      AT                 BY    OPEN  LIVE ON\n3        01234567  2026-03-10 12:34Z  acme  2     56911110000\n"
	code, out, errOut := s.terminal(t).run(t, "", "bot", "versions", "tiny")
	require.Zero(t, code, errOut)
	require.Equal(t, head+"2        fedcba98  2026-03-09 12:34Z  acme  0     -\n", out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "versions", "tiny", "--json")
	require.JSONEq(t, `{"versions":[`+third+`,`+second+`]}`, out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "versions", "tiny", "--limit", "1")
	require.Equal(t, head+"… There are more: see --limit.\n", out)

	code, _, errOut = s.terminal(t).run(t, "", "bot", "versions", "other")
	require.Equal(t, 1, code)
	require.Equal(t, "chattigo: unsupported get request. Object with ID 'x' does not exist\n", errOut)
}

func TestChannelsShowWhatIsLive(t *testing.T) {
	s := newSite(t, map[string]answer{
		"GET /channels?limit=20":                          {body: `{"channels":[` + onTiny1 + `,` + onStarter + `]}`},
		"GET /channels/56911110000/publications?limit=20": {body: `{"publications":[{"number":2,"bot":null,"at":"2026-03-10T12:34:56Z","by":"acme","rollback":true},{"number":1,"bot":{"name":"tiny","version":1,"hash":"0123"},"at":"2026-03-10T12:30:00Z","by":"acme","rollback":false}]}`},
		"GET /channels/56911110001/publications?limit=20": {body: `{"publications":[]}`},
	})
	code, out, errOut := s.terminal(t).run(t, "", "bot", "channels")
	require.Zero(t, code, errOut)
	require.Equal(t, ""+
		"WA-ID        BOT      VERSION  PUBLICATION  GRAPH  WEBHOOK\n"+
		"56911110000  tiny     1        7            v23.0  -\n"+
		"56911110000  starter  -        0            v14.0  -\n", out)
	code, out, errOut = s.terminal(t).run(t, "", "bot", "channels", "56911110000")
	require.Zero(t, code, errOut)
	require.Equal(t, ""+
		"PUBLICATION  BOT      VERSION  AT                 BY    HOW\n"+
		"2            starter  -        2026-03-10 12:34Z  acme  rollback\n"+
		"1            tiny     1        2026-03-10 12:30Z  acme  publish\n", out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "channels", "56911110001")
	require.Equal(t, "Nothing was ever put live on channel 56911110001; the starter answers.\n", out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "channels", "56911110001", "--json")
	require.JSONEq(t, `{"publications":[]}`, out)
	_, out, _ = s.terminal(t).run(t, "", "bot", "channels", "--json")
	require.JSONEq(t, s.answers["GET /channels?limit=20"].body, out)
}

func TestNoTextOfAServerControlsTheTerminal(t *testing.T) {
	const evil = `\u001b]0;x\u0007\u009b2J\r`
	s := newSite(t, map[string]answer{
		"GET /bots?limit=20":    {body: `{"bots":[{"name":"a` + evil + `\n\tb","version":1,"hash":"` + evil + `","createdBy":"` + evil + `","channels":["` + evil + `"]}]}`},
		"POST /bots/tiny/rerun": {body: `{"error":{"message":"no` + evil + `"}}`},
		"POST /bots/more/rerun": {body: `{"report":{"bot":"` + evil + `","unreadable":[{"reason":"` + evil + `","conversations":["` + evil + `"]}],"groups":[{"state":"` + evil + `","kind":"` + evil + `","examples":[{"call":"` + evil + `"}]}]}}`},
	})
	for _, args := range [][]string{{"bot", "list"}, {"bot", "rerun", "tiny", "--channel", "1"}, {"bot", "rerun", "more", "--channel", "1"}} {
		_, out, errOut := s.terminal(t).run(t, "", args...)
		require.NotRegexp(t, `[\x00-\x08\x0b-\x1f\x7f-\x{9f}]`, out+errOut, args)
		require.Contains(t, out+errOut, "\ufffd", args)
	}
	_, out, _ := s.terminal(t).run(t, "", "bot", "list")
	require.Equal(t, 2, strings.Count(out, "\n"), "the heading and one row")
}

// Every command that speaks with a server is asked with answers that hold raw what JSON lets stand raw.
func TestNoAnswerOfAServerControlsTheTerminal(t *testing.T) {
	const evil = "x\u009b2J\u007f\u0085\u202ey"
	path := write(t, t.TempDir(), "tiny.bot.yaml", tiny)
	version := `{"name":"` + evil + `","version":1,"hash":"` + evil + `"}`
	row := `{"account":"` + evil + `","name":"` + evil + `","version":1,"number":1,"hash":"` + evil + `","createdBy":"` + evil + `","by":"` + evil +
		`","at":"2026-03-10T12:00:00Z","createdAt":"2026-03-10T12:00:00Z","waId":"` + evil + `","webhook":"` + evil + `","bot":` + version + `,"channels":["` + evil + `"]}`
	s := newSite(t, map[string]answer{
		"GET /bots?limit=20":                    {body: `{"bots":[` + row + `]}`},
		"GET /bots/tiny/versions?limit=20":      {body: `{"versions":[` + row + `]}`},
		"GET /bots/tiny/versions/1":             {body: tiny + "# " + evil},
		"GET /channels?limit=20":                {body: `{"channels":[` + row + `]}`},
		"GET /channels/1/publications?limit=20": {body: `{"publications":[` + row + `]}`},
		"GET /channels/1":                       {body: `{"bot":` + version + `}`},
		"PUT /channels/1/bot":                   {422, `{"message":"` + evil + `","failures":[{"case":"` + evil + `","problem":"` + evil + `"}],"problems":[{"code":"` + evil + `","message":"` + evil + `"}]}`},
		"POST /channels/1/bot/rollback":         {body: `{"bot":` + version + `}`},
		"PUT /bots/tiny":                        {body: `{"name":"` + evil + `","version":1,"hash":"` + evil + `","warnings":[{"code":"` + evil + `","message":"` + evil + `"}]}`},
		"POST /bots/tiny/rerun":                 {body: `{"report":{"bot":"` + evil + `","hash":"` + evil + `"}}`},
		"GET /conversations/cnv_1/record":       {422, `{"message":"` + evil + `"}`},
	})
	for _, command := range []string{
		"list", "versions tiny", "channels", "channels 1", "publish tiny@1 --channel 1", "rollback --channel 1",
		"push " + path, "publish " + path + " --channel 1", "rerun tiny --channel 1", "record cnv_1", "diff tiny@1 " + path,
	} {
		for _, asJSON := range []string{"", " --json"} {
			if asJSON != "" && strings.HasPrefix(command, "record") {
				continue
			}
			_, out, errOut := s.terminal(t).run(t, "", strings.Fields("bot "+command+asJSON)...)
			require.NotRegexp(t, `[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{202e}]`, out+errOut, command)
			if asJSON != "" && !strings.HasPrefix(command, "diff") {
				require.Contains(t, out, `x\u009b2J\u007f\u0085\u202ey`, command)
			}
		}
	}
}
