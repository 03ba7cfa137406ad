package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestAChannelsLoopGuardIsOnUntilSomebodyWantsItOff(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	const added = "Channel %s of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: fmt.Sprintf(added, "56900000001")},
		{args: "channel add --account isv --wa-id 56900000002 --phone-number-id 2 --no-loop-guard", out: fmt.Sprintf(added, "56900000002")},
		{args: "channel list", out: "" +
			"WA-ID        PHONE-NUMBER-ID  ACCOUNT  WEBHOOK  VERSION  BOT      LOOP-GUARD  SINCE\n" +
			"56900000001  1                isv      -        newest   starter  on          TODAY\n" +
			"56900000002  2                isv      -        newest   starter  off         TODAY\n"},
		{args: "channel set 56900000001 --loop-guard=off", out: "The loop guard of channel 56900000001 is off, for conversations that open from now on.\n"},
		{args: "channel set 56900000002 --loop-guard=on", out: "The loop guard of channel 56900000002 is on, for conversations that open from now on.\n"},
		{args: "channel set 56900000003 --loop-guard=on", code: 1, wantErr: "chattigo: there is no channel 56900000003; `chattigo channel list` shows all\n"},
	})
	for waID, guarded := range map[string]bool{"56900000001": false, "56900000002": true} {
		channel, err := tm.open(t).Channel(t.Context(), waID)
		require.NoError(t, err)
		require.Equal(t, guarded, channel.LoopGuard)
	}
}

func TestAWebhooksQueryIsNotShown(t *testing.T) {
	tm := newTerminal(t, "CHATTIGO_ENV=dev")
	tm.play(t, []step{
		{args: "account add isv --password-stdin", stdin: "correct horse", out: "Account isv was added.\n"},
		{args: "channel add --account isv --wa-id 56900000001 --phone-number-id 1", out: "Channel 56900000001 of isv was added; its replies wait for the first PATCH /webhooks/outbound.\n"},
	})
	require.NoError(t, tm.open(t).SetWebhook(t.Context(), "56900000001", "https://hooks.example.com/in?token=s3cret", "v15.0", now()))
	_, out, _ := tm.run(t, "", "channel", "list")
	require.Contains(t, out, "https://hooks.example.com/in?…  v15.0")
	require.NotContains(t, out, "s3cret")
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
