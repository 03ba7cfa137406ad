package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

const (
	oneKey   = "0101010101010101010101010101010101010101010101010101010101010101"
	otherKey = "0202020202020202020202020202020202020202020202020202020202020202"
)

// withChannel is a terminal next to a database with a channel.
func withChannel(t *testing.T, environ ...string) *terminal {
	t.Helper()
	tm := newTerminal(t, environ...)
	tm.play(t, []step{
		{args: "migrate", out: "The SQLite database is up to date; MIGRATIONS of its migrations were missing.\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
	})
	return tm
}

func (tm *terminal) secret(t *testing.T, keys ...[]byte) string {
	t.Helper()
	vault, err := tm.open(t).Vault(keys...)
	require.NoError(t, err)
	value, err := vault.Secret(t.Context(), "56900000001", "agenda")
	require.NoError(t, err)
	return value
}

func TestSecretsAreSetListedAndRemoved(t *testing.T) {
	tm := withChannel(t, "CHATTIGO_SECRET_KEY="+oneKey)
	const list = "channel secret list 56900000001"
	tm.play(t, []step{
		{args: list, out: "NAME  SET\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "first", out: "Secret agenda of channel 56900000001 was set.\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "la clave ñ=1\r\n", out: "Secret agenda of channel 56900000001 was set.\n"},
		{args: "channel secret set 56900000001 b_2", stdin: strings.Repeat("x", 4096) + "\n", out: "Secret b_2 of channel 56900000001 was set.\n"},
		{args: list, out: "NAME    SET\nagenda  TODAY\nb_2     TODAY\n"},
		{args: "channel secret remove 56900000001 b_2", out: "Secret b_2 of channel 56900000001 was removed; calls that need it take their on_error from now on.\n"},
		{args: "channel secret remove 56900000001 b_2", code: 1, wantErr: "chattigo: channel 56900000001 has no secret \"b_2\"\n"},
		{args: list, out: "NAME    SET\nagenda  TODAY\n"},
	})
	require.Equal(t, "la clave ñ=1", tm.secret(t, []byte(strings.Repeat("\x01", 32))))
}

func TestMistakesWithSecrets(t *testing.T) {
	tm := withChannel(t, "CHATTIGO_SECRET_KEY="+oneKey)
	const name = "chattigo: a secret's name begins with a letter and holds only a to z, 0 to 9 and _\n"
	tm.play(t, []step{
		{args: "channel secret set 56900000002 agenda", stdin: "x", code: 1, wantErr: "chattigo: there is no channel \"56900000002\"; `chattigo channel list` shows all\n"},
		{args: "channel secret list 56900000002", code: 1, wantErr: "chattigo: there is no channel \"56900000002\"; `chattigo channel list` shows all\n"},
		{args: "channel secret remove 56900000002 agenda", code: 1, wantErr: "chattigo: there is no channel \"56900000002\"; `chattigo channel list` shows all\n"},
		{args: "channel secret set 56900000001 Agenda", stdin: "x", code: 2, wantErr: name},
		{args: "channel secret set 56900000001 secret.agenda", stdin: "x", code: 2, wantErr: name},
		{args: "channel secret set 56900000001 " + strings.Repeat("a", 41), stdin: "x", code: 2, wantErr: "chattigo: a secret's name has 1 to 40 letters\n"},
		{args: "channel secret set 56900000001 agenda", code: 1, wantErr: "chattigo: the secret is empty\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "\n", code: 1, wantErr: "chattigo: the secret is empty\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "a\nb\n", code: 1, wantErr: "chattigo: a secret is one line\n"},
		{args: "channel secret set 56900000001 agenda", stdin: " a", code: 1, wantErr: "chattigo: a secret neither begins nor ends with a space\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "a\x00b", code: 1, wantErr: "chattigo: a secret holds only characters that can be printed, in UTF-8\n"},
		{args: "channel secret set 56900000001 agenda", stdin: strings.Repeat("x", 1<<20), code: 1, wantErr: "chattigo: a secret has at most 4096 bytes\n"},
		{args: "channel secret set 56900000001", code: 2, wantErr: "chattigo: expected \"<name>\" (see chattigo channel secret set --help)\n"},
	})
	code, out, _ := tm.run(t, "", "channel", "secret", "set", "--help")
	require.Zero(t, code)
	require.Contains(t, out, "Usage: chattigo channel secret set <wa-id> <name>\n")
	require.Contains(t, out, "as in ${secret.name}")
	require.Contains(t, out, "chattigo channel secret set 56911110000 agenda < agenda.key")
}

func TestASecretNeedsAKeyInProduction(t *testing.T) {
	tm := withChannel(t)
	tm.play(t, []step{
		{args: "channel secret set 56900000001 agenda", stdin: "x", code: 1, wantErr: "chattigo: there is no key to seal secrets with: set CHATTIGO_SECRET_KEY, the same for this command and for all processes (openssl rand -hex 32 makes one)\n"},
		{args: "channel secret list 56900000001", out: "NAME  SET\n"},
	})
	tm.environ = append(tm.environ, "CHATTIGO_SECRET_KEY=tooshort")
	tm.play(t, []step{
		{args: "channel secret list 56900000001", code: 1, wantErr: "chattigo: configuration: CHATTIGO_SECRET_KEY must be 32 bytes as hex or base64 (openssl rand -hex 32 makes some)\n"},
	})
}

func TestDevMakesTheKeyItself(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "channel secret set 56900000001 agenda", stdin: "x", out: "Secret agenda of channel 56900000001 was set.\n"},
		{args: "channel secret reseal", out: "0 secret(s) and webhook key(s) were sealed anew; older keys are not needed any more.\n"},
	})
}

func TestTheKeyOfSecretsCanBeChanged(t *testing.T) {
	tm := withChannel(t, "CHATTIGO_SECRET_KEY="+oneKey)
	tm.play(t, []step{{args: "channel secret set 56900000001 agenda", stdin: "x", out: "Secret agenda of channel 56900000001 was set.\n"}})
	tm.environ = append(tm.environ[:2:2], "CHATTIGO_SECRET_KEY="+otherKey)
	code, out, errOut := tm.run(t, "", "channel", "secret", "reseal")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, "CHATTIGO_SECRET_KEYS_OLD to the older ones: store: secret agenda of channel 56900000001: the key is missing")

	tm.environ = append(tm.environ, "CHATTIGO_SECRET_KEYS_OLD="+oneKey)
	tm.play(t, []step{
		{args: "channel secret reseal", out: "1 secret(s) and webhook key(s) were sealed anew; older keys are not needed any more.\n"},
		{args: "channel secret reseal", out: "0 secret(s) and webhook key(s) were sealed anew; older keys are not needed any more.\n"},
	})
	require.Equal(t, "x", tm.secret(t, []byte(strings.Repeat("\x02", store.SealKeyBytes))))
}
