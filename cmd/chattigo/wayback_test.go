package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

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

func TestAChannelGetsAnotherPhoneNumberID(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "channel add --account isv --wa-id 56900000002 --phone-number-id 2", out: "Channel 56900000002 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
		{args: "channel set 56900000001 --phone-number-id=3", out: "The phone-number-id of channel 56900000001 is 3; a running API knows it within seconds.\n"},
		{args: "channel set 56900000002 --phone-number-id=3", code: 1, wantErr: "chattigo: another channel has the phone-number-id 3; `chattigo channel list` shows all\n"},
		{args: "channel set 56900000009 --phone-number-id=4", code: 1, wantErr: "chattigo: there is no channel 56900000009; `chattigo channel list` shows all\n"},
		{args: "channel set 56900000002 --phone-number-id=1 --loop-guard=off", out: "" +
			"The phone-number-id of channel 56900000002 is 1; a running API knows it within seconds.\n" +
			"The loop guard of channel 56900000002 is off, for conversations that open from now on.\n"},
		{args: "channel list", out: "" +
			"WA-ID        PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT      LOOP-GUARD  SINCE\n" +
			"56900000001  3                isv      -        newest   starter  on          TODAY\n" +
			"56900000002  1                isv      -        newest   starter  off         TODAY\n"},
	})
}

func TestAMistypedChannelIsRemovedUntilItHasConversations(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	const added = "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: added},
		{args: "channel secret set 56900000001 agenda", stdin: "s3cret", out: "Secret agenda of channel 56900000001 was set.\n"},
		{args: "channel remove 56900000001", out: "Channel 56900000001 was removed.\n"},
		{args: "channel remove 56900000001", code: 1, wantErr: "chattigo: there is no channel \"56900000001\"; `chattigo channel list` shows all\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: added},
	})
	require.NoError(t, tm.open(t).OpenConversation(t.Context(), store.Conversation{
		ID: "cnv_1", WorkflowID: "w", Channel: "56900000001", WaID: "56911112222", OpenedAt: now(),
	}))
	tm.play(t, []step{{
		args: "channel remove 56900000001", code: 1,
		wantErr: "chattigo: channel 56900000001 has had conversations and stays; `chattigo account disable` shuts its account out\n",
	}})
}
