package config

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// fewCharacters is the length, in bytes, below which a password of the database can be found by trying.
const fewCharacters = 12

// databaseFindings judges the connection to PostgreSQL. What is left out of the URL may come from the variables of
// PostgreSQL's own, such as PGSSLMODE.
func (c Config) databaseFindings(environ map[string]string) []Finding {
	if !strings.HasPrefix(c.DatabaseURL, "postgres") {
		return nil
	}
	u, err := url.Parse(c.DatabaseURL)
	if err != nil {
		return nil // Load has found it
	}
	query := u.Query()
	host := cmp.Or(query.Get("host"), u.Hostname(), environ["PGHOST"], "localhost")
	password, _ := u.User.Password()
	mode := cmp.Or(query.Get("sslmode"), environ["PGSSLMODE"], "require")
	found := passwordFindings(cmp.Or(query.Get("user"), u.User.Username()), cmp.Or(query.Get("password"), password, environ["PGPASSWORD"]), host)
	if problem := sslModeProblem(environ["PGSSLMODE"]); problem != "" { // the driver refuses it even where the URL has one
		found = append(found, Finding{true, "PGSSLMODE", problem, "unset it, and set sslmode in CHATTIGO_DATABASE_URL"})
	}
	return append(found, encryptionFindings(host, mode)...)
}

func passwordFindings(user, password, host string) []Finding {
	const do = "give the user another one (openssl rand -hex 32 makes some), in the database and in the URL"
	switch {
	case password == "":
		if distanceOf(host) == here {
			return nil // PostgreSQL may know the user by the system's
		}
		return []Finding{{false, "CHATTIGO_DATABASE_URL", "has no password: whoever reaches the database may be let in", "see pg_hba.conf, or a client certificate"}}
	case strings.EqualFold(password, user) || isExample(password):
		return []Finding{{true, "CHATTIGO_DATABASE_URL", "has a password that is an example, or the name of its user", do}}
	case repeats(password), counts(password):
		return []Finding{{true, "CHATTIGO_DATABASE_URL", "has a password that repeats itself, or counts up or down", do}}
	case len(password) < fewCharacters:
		return []Finding{{false, "CHATTIGO_DATABASE_URL", fmt.Sprintf("has a password of less than %d characters", fewCharacters), do}}
	}
	return nil
}

// encryptionFindings judges a connection by PostgreSQL's sslmode.
func encryptionFindings(host, mode string) []Finding {
	const do = "set sslmode=verify-full in the URL, and sslrootcert to the authority of the server's certificate"
	plain := slices.Contains([]string{"disable", "allow", "prefer"}, mode)
	switch distance := distanceOf(host); {
	case distance == here, mode == "verify-full", mode == "verify-ca":
		return nil
	case plain && distance == outside:
		return []Finding{{true, "CHATTIGO_DATABASE_URL", fmt.Sprintf("leads to %s with sslmode=%s: everybody on the way may read the database's password and all that is stored", host, mode), do}}
	case plain:
		return []Finding{{false, "CHATTIGO_DATABASE_URL", fmt.Sprintf("leads to %s with sslmode=%s: that is good within one machine, such as the network of docker-compose.yml, and nowhere else", host, mode), do}}
	case distance == outside:
		return []Finding{{false, "CHATTIGO_DATABASE_URL", fmt.Sprintf("leads to %s with sslmode=%s: that encrypts, and does not check whose certificate it is", host, mode), do}}
	}
	return nil
}
