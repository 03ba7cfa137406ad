package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// homes are the places where keys belong that authors write elsewhere. It is never written.
var homes = map[string]string{
	"as": "in ask", "choices": "in ask", "save": "in ask, or in call", "reject": "in ask", "retry": "in ask, or in defaults",
	"idle": "in ask, or in defaults", "collect": "in ask", "after": "in an item of idle", "max": "in retry", "else": "in retry",
	"repeat": "in retry", "http": "in call", "on_status": "in call", "on_error": "in call, beside http",
	"get": "in http", "post": "in http", "put": "in http", "patch": "in http", "delete": "in http", "query": "in http", "headers": "in http",
	"json": "in http", "timeout": "in http, or in handoff", "retries": "in http", "reason": "in close", "notice": "in close",
	"note": "in handoff", "on_timeout": "in handoff", "on_resume": "in handoff", "then": "in run", "state": "in run", "with": "in run", "failed": "in run",
	"any": "in text, of a trigger", "words": "in text, of a trigger", "matches": "in text, of a trigger",
	"interrupt": "in a trigger", "resume": "in a trigger", "referral": "in a trigger", "first": "in a trigger", "choice": "in a trigger",
	"weekly": "in hours, below a name of yours", "closed": "in hours, below a name of yours",
	"turns": "in limits", "lifetime": "in limits", "optin": "in optout", "stale": "in defaults", "pii": "in vars, beside the type of a variable", "keep": "in vars, beside the type of a variable",
	"each": "in an item of say, beside what it says", "body": "in text, or in interactive", "buttons": "in interactive, below action", "action": "in interactive", "footer": "in interactive",
	"header": "in interactive", "sections": "in interactive, below action", "rows": "in interactive, below action and sections",
	"reply": "in interactive, in an item of buttons", "components": "in template",
	"say": "in a state", "ask": "in a state", "goto": "in a state", "call": "in a state", "set": "in a state", "run": "in a state",
	"return": "in a state", "handoff": "in a state", "close": "in a state",
	"vars": theBot, "triggers": theBot, "states": theBot, "strings": theBot, "messages": theBot, "hours": theBot, "defaults": theBot,
	"optout": theBot, "limits": theBot, "languages": theBot, "timezone": theBot, "start": theBot, "data": theBot, "reply_ids": theBot,
	"about": "in a state", "old": "in a choice, beside to", "use": inSay, "interactive": inSay, "template": inSay, "image": inSay, "video": inSay,
	"audio": inSay, "document": inSay, "sticker": inSay, "location": inSay, "contacts": inSay, "reaction": inSay,
	"caption": "in image, video or document", "filename": "in document", "link": "in image, video, audio, document or sticker",
	"cases": "in a test file, such as clinica.test.yaml beside clinica.bot.yaml",
}

const (
	theBot = "at the beginning of a line, as a key of the bot"
	inSay  = "in an item of say"
)

// home says where a key belongs that stands where it cannot, by its name or by what it holds.
func home(key, value *yaml.Node) string {
	if place := homes[key.Value]; place != "" {
		return place
	}
	for _, name := range stateKeys {
		if tree.Child(value, name) != nil {
			return "below states, indented by two spaces, if it is a state"
		}
	}
	return ""
}

// stateKeys are keys that only states have.
var stateKeys = []string{"say", "ask", "goto", "call", "set", "run", "return", "handoff"}
