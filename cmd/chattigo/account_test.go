package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

func TestAccountsAndChannels(t *testing.T) {
	tm := newTerminal(t)
	tm.play(t, []step{
		{args: "account list", code: 1, wantErr: "chattigo: the SQLite database is not up to date: run `chattigo migrate` first\n"},
		{args: "migrate", out: "The SQLite database is up to date; MIGRATIONS of its migrations were missing.\n"},
		{args: "migrate", out: "The SQLite database is up to date; 0 of its migrations were missing.\n"},
		{args: "account list", out: "NAME  ROLE  STATE  SINCE\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse\r\nnot this line\n", out: "Account isv was added.\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse", code: 1, wantErr: "chattigo: there is an account isv already\n"},
		{args: "account add boss --operator --password-stdin", stdin: "correct horse", out: "Account boss was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 100000000000001", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 2", code: 1, wantErr: "chattigo: there is a channel with that wa-id or phone-number-id already; `chattigo channel list` shows all\n"},
		{args: "channel add --account isv --wa-id 56900000009 --phone-number-id 100000000000001", code: 1, wantErr: "chattigo: there is a channel with that wa-id or phone-number-id already; `chattigo channel list` shows all\n"},
		{args: "channel add --account nobody --wa-id 56900000002 --phone-number-id 2", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "channel add --account boss --wa-id 56900000002 --phone-number-id 2", code: 1, wantErr: "chattigo: boss is an operator, and operators own no channels\n"},
		{args: "channel list", out: "" +
			"WA-ID        PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT      LOOP-GUARD  SINCE\n" +
			"56900000001  100000000000001  isv      -        newest   starter  on          TODAY\n"},
		{args: "channel list --account boss", out: "WA-ID  PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT  LOOP-GUARD  SINCE\n"},
		{args: "account passwd isv --password-stdin", stdin: "battery staple\n", out: "The password of isv was changed; its tokens have ended.\n"},
		{args: "account passwd nobody --password-stdin", stdin: "battery staple\n", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "account disable boss", out: "Account boss is disabled; its tokens have ended. `chattigo account enable boss` lets it in again.\n"},
		{args: "account disable nobody", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "account list", out: "" +
			"NAME  ROLE      STATE     SINCE\n" +
			"boss  operator  disabled  TODAY\n" +
			"isv   tenant    enabled   TODAY\n"},
	})
	account, err := tm.open(t).Account(t.Context(), "isv")
	require.NoError(t, err)
	ok, err := api.VerifyPassword(account.PasswordHash, "battery staple")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestADisabledAccountIsLetInAgain(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "account disable isv", out: "Account isv is disabled; its tokens have ended. `chattigo account enable isv` lets it in again.\n"},
		{args: "account add isv --password-stdin", stdin: "correct horse", code: 1, wantErr: "chattigo: there is an account isv already, and it is disabled; `chattigo account enable isv` lets it in again\n"},
		{args: "account passwd isv --password-stdin", stdin: "battery staple\n", out: "The password of isv was changed; its tokens have ended.\n" +
			"isv is disabled, and a new password does not change that: `chattigo account enable isv` lets it in again.\n"},
		{args: "account enable isv", out: "Account isv is enabled. Its password is the one that it had; `chattigo account passwd isv` gives it another.\n"},
		{args: "account enable nobody", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
		{args: "account passwd isv --password-stdin", stdin: "battery staple\n", out: "The password of isv was changed; its tokens have ended.\n"},
		{args: "account list", out: "NAME  ROLE    STATE    SINCE\nisv   tenant  enabled  TODAY\n"},
	})
}

func TestAnAccountChangesItsRole(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add maria --password-stdin", stdin: "correct horse", out: "Account maria was added.\n"},
		{args: "account add maria --operator --password-stdin", stdin: "correct horse", code: 1, wantErr: "chattigo: there is an account maria already; `chattigo account set maria --role=operator` makes it an operator\n"},
		{args: "account set maria --role=operator", out: "Account maria is an operator; its tokens have ended.\n"},
		{args: "account list", out: "NAME   ROLE      STATE    SINCE\nmaria  operator  enabled  TODAY\n"},
		{args: "account set maria --role=tenant", out: "Account maria is a tenant; its tokens have ended.\n"},
		{args: "channel add --account maria --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of maria was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "account set maria --role=operator", code: 1, wantErr: "chattigo: maria owns 1 channel(s), and operators own none; add another account for the operator\n"},
		{args: "account set nobody --role=operator", code: 1, wantErr: "chattigo: there is no account \"nobody\"\n"},
	})
}
