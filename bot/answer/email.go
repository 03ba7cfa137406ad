package answer

import "strings"

// readEmail reads an email address: the part that mail servers accept in practice, without
// comments, quotes and other names, and with ASCII letters only. The host comes in lower case; what
// is before it is left as it was typed, because only that host knows whether case matters.
func readEmail(text string) (string, bool) {
	local, host, ok := strings.Cut(text, "@")
	host = strings.ToLower(host)
	// 64 is RFC 5321's, 4.5.3.1.1. Its bound of the whole, 254, is above what Read looks at.
	ok = ok && len(local) <= 64 && isLocal(local) && isHost(host)
	return local + "@" + host, ok
}

const asciiLetters = "abcdefghijklmnopqrstuvwxyz"

// isLocal is the dot-atom of RFC 5322, 3.2.3.
func isLocal(local string) bool {
	for part := range strings.SplitSeq(local, ".") {
		if part == "" {
			return false
		}
		if strings.Trim(strings.ToLower(part), asciiLetters+"0123456789!#$%&'*+-/=?^_`{|}~") != "" {
			return false
		}
	}
	return true
}

// isHost is a name of at least two labels, the last of which is not a number.
func isHost(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, asciiLetters+"0123456789-") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(last) > 1 && !allDigits(last, 1, len(last))
}
