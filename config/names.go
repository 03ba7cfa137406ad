package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	prefix = "CHATTIGO_"
	// testPrefix begins what our own tests read.
	testPrefix = prefix + "TEST_"
	// maxTypos is the largest distance at which a name without our prefix is taken for a misspelt
	// setting: two wrong letters.
	maxTypos = 4
)

// commandVariables are read by the commands that speak to a server, which know no settings.
var commandVariables = []string{prefix + "URL", prefix + "TOKEN"}

// temporalVariables are Temporal's own variables that are read in production, by the package
// go.temporal.io/sdk/contrib/envconfig, as are all that begin with TEMPORAL_GRPC_META_.
var temporalVariables = []string{
	"TEMPORAL_ADDRESS", "TEMPORAL_API_KEY", "TEMPORAL_CLIENT_AUTHORITY", "TEMPORAL_CODEC_AUTH", "TEMPORAL_CODEC_ENDPOINT",
	"TEMPORAL_CONFIG_FILE", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "TEMPORAL_TLS", "TEMPORAL_TLS_CLIENT_CERT_DATA",
	"TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_DATA", "TEMPORAL_TLS_CLIENT_KEY_PATH",
	"TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "TEMPORAL_TLS_SERVER_CA_CERT_DATA", "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_SERVER_NAME",
}

// nameProblems finds variables that look like a setting and are none: a misspelt setting would else
// silently have its default.
func nameProblems(set map[string]string) []Problem {
	known := settings()
	return eachName(set, func(name, value string) string {
		upper := strings.ToUpper(name)
		ours := strings.HasPrefix(upper, prefix)
		switch {
		case slices.Contains(known, name), slices.Contains(commandVariables, name), strings.HasPrefix(name, testPrefix), isServiceLink(name, value):
			return ""
		}
		nearest, distance := nearest(upper, known)
		switch {
		case distance <= maxTypos, ours && distance <= len(strings.TrimPrefix(nearest, prefix))/2:
			return fmt.Sprintf("is not a setting; did you mean %s?", nearest)
		case ours:
			return "is not a setting; `chattigo config` lists all"
		}
		return ""
	})
}

// temporalNameProblems does the same for Temporal's own variables. Other programs have more with that
// prefix, so it finds only those that look like one of these, or are about TLS.
func temporalNameProblems(set map[string]string) []Problem {
	return eachName(set, func(name, value string) string {
		upper := strings.ToUpper(name)
		word, ours := strings.CutPrefix(upper, "TEMPORAL_")
		if !ours || slices.Contains(temporalVariables, name) || isServiceLink(name, value) {
			return ""
		}
		nearest, distance := nearest(upper, temporalVariables)
		begun := len(word) > 3 && strings.HasPrefix(nearest, upper)
		if distance > min(maxTypos, len(word)/3*2) && !begun && !strings.HasPrefix(word, "TLS_") {
			return ""
		}
		return fmt.Sprintf("is none of Temporal's variables; did you mean %s?", nearest)
	})
}

// eachName collects the problems of all variables, in the order of their names.
func eachName(set map[string]string, problem func(name, value string) string) []Problem {
	var found []Problem
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if message := problem(name, set[name]); message != "" {
			found = append(found, Problem{name, message})
		}
	}
	return found
}

// Variables with addresses of services, as Kubernetes and Docker set them.
var (
	serviceLinkName = regexp.MustCompile(`_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)
	serviceLinkURL  = regexp.MustCompile(`^(tcp|udp|sctp)://`)
)

// isServiceLink reports whether Kubernetes or Docker set a variable: each container gets the addresses
// of every service, such as one called "chattigo".
func isServiceLink(name, value string) bool {
	return serviceLinkName.MatchString(name) || strings.HasSuffix(name, "_PORT") && serviceLinkURL.MatchString(value)
}

// settings returns the names of all settings.
func settings() []string {
	var names []string
	for field := range fields() {
		names = append(names, field.Tag.Get("env"))
	}
	return names
}

// nearest returns the known name with the least distance.
func nearest(name string, known []string) (best string, least int) {
	best = slices.MinFunc(known, func(a, b string) int {
		return cmp.Or(distance(name, a)-distance(name, b), strings.Compare(a, b))
	})
	return best, distance(name, best)
}

// distance returns the edit distance of a name from a known one: 1 for a letter that is missing,
// because people shorten names, and 2 for one that is wrong or too many. Much longer names are not
// compared.
func distance(name, known string) int {
	if len(name) > 2*len(known) {
		return 2 * len(name)
	}
	row := make([]int, len(known)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(name) {
		diagonal := row[0]
		row[0] = 2 * (i + 1)
		for j := range len(known) {
			changed := diagonal
			if name[i] != known[j] {
				changed += 2
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, diagonal+2)
		}
	}
	return row[len(known)]
}
