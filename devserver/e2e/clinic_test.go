package e2e

import (
	"crypto/rand"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/store"
)

// TestTheClinicsConversationsAreTheSameInTheService plays the cases of the clinic's test files
// through the running service: real HTTP, Temporal, a stub of the clinic's API over https. Each
// has to pass as it stands, and to say the same bodies as the bot alone.
// The cases run beside each other, but not beside other tests: those hold waits to the second.
func TestTheClinicsConversationsAreTheSameInTheService(t *testing.T) {
	for _, path := range []string{"../../examples/bots/clinica.test.yaml", "testdata/clinica_bordes.test.yaml"} {
		for _, c := range loadCases(t, path).Cases {
			if !playsInRealTime(&c) {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				playInService(t, &c)
			})
		}
	}
}

// playsInRealTime reports whether a case can be played on a real clock: it waits for seconds only, or
// for the minutes of the silence that clinicFor makes seconds of.
func playsInRealTime(c *script.Case) bool {
	const patience = 10 * time.Second
	return waitsForMinutes(c) || !slices.ContainsFunc(c.Steps, func(s script.Step) bool { return s.Wait > patience })
}

func loadCases(t *testing.T, path string) *script.File {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := script.Load(raw)
	require.NoError(t, err)
	require.NotEmpty(t, file.Cases)
	return file
}

func playInService(t *testing.T, c *script.Case) {
	t.Helper()
	definition := clinicFor(t, c)
	stage := newServiceStage(t, definition, c)
	c.Setup.Now = time.Now()
	alone := c.Play(script.NewPlayer(definition, c.Setup, nil))
	require.Nil(t, alone.Failure, "the bot alone does not pass")

	played := c.Play(stage)
	if played.Failure != nil {
		require.Fail(t, "the service does not pass", report(played))
	}
	require.Equal(t, bodies(t, alone.Entries), bodies(t, played.Entries))
	stage.requireSecretNowhere()
	if stage.over {
		contact := stage.contact.WaID
		keepHistory(t, "clinic-"+slug(c.Name), stage.isv.workflowID(contact), stage.isv.describe(t, contact).runID)
	}
}

// slug is a case's name as a file may be called.
func slug(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' {
			return '-'
		}
		return r
	}, fold.Text(name))
	return regexp.MustCompile(`[^a-z0-9-]`).ReplaceAllString(plain, "")
}

// newServiceStage publishes the definition on a channel of its own, with a secret of its own.
func newServiceStage(t *testing.T, clinic *definition.Bot, c *script.Case) *serviceStage {
	t.Helper()
	now := time.Now()
	require.NoError(t, shared.store.PutBot(t.Context(), store.Bot{
		Hash: clinic.Hash, Name: clinic.Name, Source: clinic.Source(), CreatedAt: now,
	}))
	isv, hook := newTenantWithBot(t, clinic.Hash), newReceiver(t, nil)
	isv.setWebhook(t, hook.url)
	secret := "s3cr3t-" + rand.Text()
	keys, err := shared.stack.Config().SealKeys()
	require.NoError(t, err)
	vault, err := shared.store.Vault(keys...)
	require.NoError(t, err)
	require.NoError(t, vault.Put(t.Context(), isv.waID, "agenda", secret, now))
	shared.clinic.expect(secret, c.Setup.Mocks)
	return &serviceStage{t: t, isv: isv, hook: hook, api: shared.clinic, secret: secret, contact: c.Setup.Contact}
}

// requireSecretNowhere looks for the secret in all that was recorded.
func (s *serviceStage) requireSecretNowhere() {
	s.t.Helper()
	run := s.isv.describe(s.t, s.contact.WaID).runID
	recorded := history(s.t, s.isv.workflowID(s.contact.WaID), run).String()
	require.NotContains(s.t, recorded, s.secret)
	require.Equal(s.t, s.called > 0, strings.Contains(recorded, clinicHost), "what is looked through is not the history")
}

// clinicFor is the clinic's definition for a clock that is the real one: its desk is open or
// closed whenever the test runs, as at the time of the case, and where the case waits for
// minutes these are seconds. Every call of it brings the secret, by which the stub tells cases apart.
func clinicFor(t *testing.T, c *script.Case) *definition.Bot {
	t.Helper()
	raw, err := os.ReadFile("../../examples/bots/clinica.bot.yaml")
	require.NoError(t, err)
	source := string(raw)
	replace := func(pattern, by string) {
		re := regexp.MustCompile(pattern)
		require.Regexp(t, re, source)
		source = re.ReplaceAllString(source, by)
	}
	replace(`(?m)^    closed: .*\n`, "")
	if closedAt(t, c.Setup.Now) {
		zone := closedZone(t)
		replace(`timezone: .*`, "timezone: "+zone)
		replace(`weekly: \{.*\}`, `weekly: {wed: ["08:30-13:00"]}`)
	} else {
		replace(`weekly: \{.*\}`, `weekly: {mon-sun: ["00:00-24:00"]}`)
	}
	if waitsForMinutes(c) {
		replace(`after: 5m, `, "after: 2s, ")
		replace(`after: 15m,`, "after: 5s,")
		for i := range c.Steps {
			c.Steps[i].Wait = min(c.Steps[i].Wait, 3*time.Second) // for the bot alone
		}
	}
	clinic, err := definition.Load([]byte(source))
	require.NoError(t, err)
	return clinic
}

// closedAt says whether the clinic's desk is closed at the time of a case.
func closedAt(t *testing.T, at time.Time) bool {
	t.Helper()
	local := at.In(location(t, "America/Santiago"))
	minute := local.Hour()*60 + local.Minute()
	return minute < 8*60+30 || minute >= 19*60
}

// closedZone is a zone in which it is not Wednesday morning, when the desk of the closed cases is open.
func closedZone(t *testing.T) string {
	t.Helper()
	for _, zone := range []string{"America/Santiago", "Asia/Tokyo"} {
		local := time.Now().In(location(t, zone))
		if local.Weekday() != time.Wednesday || local.Hour() < 7 || local.Hour() > 14 {
			return zone
		}
	}
	require.Fail(t, "it is Wednesday morning everywhere")
	return ""
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := hours.Zone(name)
	require.NoError(t, err)
	return zone
}

func waitsForMinutes(c *script.Case) bool {
	for _, s := range c.Steps {
		if s.Wait >= time.Minute && strings.Contains(c.Name, "inactividad") {
			return true
		}
	}
	return false
}
