package store

import (
	"context"
	"slices"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// KeptVars are the variables that a bot keeps of a contact beyond a conversation.
type KeptVars struct {
	Channel string
	// WaID and UserID are the contact's identities; one may be empty.
	WaID, UserID string
	// Bot is the name of the bot.
	Bot string
	// Vars is a JSON object, nil for none.
	Vars []byte
	// Conversation is the one that keeps them, in the turn that opens it if Opening is set. That turn may be
	// repeated, and must then find what was there before it.
	Conversation string
	Opening      bool
	At           time.Time
}

// identities are the keys under which a contact is found, sorted, because two writers with different
// orders would deadlock.
func identities(waID, userID string) []string {
	var all []string
	if waID != "" {
		all = append(all, clean(whatsapp.NumberKey(waID)))
	}
	if userID != "" {
		all = append(all, clean(userID))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

const keptColumns = `channel, identity, bot, vars, conversation, before, updated_at`

// KeepVars stores the variables of a contact in place of those before. Repeating it changes nothing.
func (s contacts) KeepVars(ctx context.Context, k KeptVars) error {
	const op = "keep variables"
	keys := identities(k.WaID, k.UserID)
	if len(k.Vars) == 0 && !k.Opening {
		return s.dropVars(ctx, op, k.Channel, k.Bot, keys)
	}
	var rows [][]any
	for _, identity := range keys {
		rows = append(rows, []any{k.Channel, identity, k.Bot, clean(string(k.Vars)), k.Conversation, "", k.At})
	}
	before := `''`
	if k.Opening {
		before = `CASE WHEN contact_vars.conversation = excluded.conversation THEN contact_vars.before ELSE contact_vars.vars END`
	}
	return s.writer().insert(ctx, op, "contact_vars", keptColumns, `ON CONFLICT (channel, identity, bot) DO UPDATE SET
		vars = excluded.vars, conversation = excluded.conversation, before = `+before+`, updated_at = excluded.updated_at`, rows...)
}

func (s contacts) dropVars(ctx context.Context, op, channel, bot string, keys []string) error {
	for _, identity := range keys {
		_, err := s.writer().exec(ctx, op, `DELETE FROM contact_vars WHERE channel = ? AND identity = ? AND bot = ?`, channel, identity, bot)
		if err != nil {
			return err
		}
	}
	return nil
}

// VarsKept returns what a bot has kept of a contact before a conversation, as a JSON object; nil for
// nothing. Of two identities the one that was written last counts.
func (s contacts) VarsKept(ctx context.Context, channel, waID, userID, bot, conversation string) ([]byte, error) {
	type row struct {
		Vars         string `db:"vars"`
		Conversation string `db:"conversation"`
		Before       string `db:"before"`
	}
	keys := identities(waID, userID)
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := listIn[row](ctx, s.reader(), "kept variables", keys, `SELECT vars, conversation, before FROM contact_vars
		WHERE channel = ? AND bot = ? AND identity IN (?) ORDER BY updated_at DESC, identity`, channel, bot)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Conversation == conversation && r.Before != "" {
			return []byte(r.Before), nil
		}
		if r.Conversation != conversation && r.Vars != "" {
			return []byte(r.Vars), nil
		}
	}
	return nil, nil
}

// moveVars lets what was kept of an identity before a time be of another one: the person has it now, and
// whoever gets the old one must not be taken for them. What is kept of the new one already stays.
func (s contacts) moveVars(ctx context.Context, op, channel, from, to string, at time.Time) error {
	if from == "" || to == "" || from == to {
		return nil
	}
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		_, err := tx.exec(ctx, op, `UPDATE contact_vars SET identity = ? WHERE channel = ? AND identity = ? AND updated_at <= ?
			AND NOT EXISTS (SELECT 1 FROM contact_vars other WHERE other.channel = ? AND other.identity = ? AND other.bot = contact_vars.bot)`,
			to, channel, from, at, channel, to)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, op, `DELETE FROM contact_vars WHERE channel = ? AND identity = ? AND updated_at <= ?`, channel, from, at)
		return err
	})
}
