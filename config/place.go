package config

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strings"
)

// DatabasePlace returns where the database is, without secrets: the host and the database's name, or
// the absolute path of the SQLite file.
func (c Config) DatabasePlace() string {
	if file, ok := strings.CutPrefix(c.DatabaseURL, "sqlite:"); ok {
		if path, err := filepath.Abs(file); err == nil {
			return path
		}
		return file
	}
	u, err := url.Parse(c.DatabaseURL)
	if err != nil {
		return masked
	}
	host := cmp.Or(u.Query().Get("host"), u.Host)
	return host + "/" + cmp.Or(u.Query().Get("dbname"), strings.TrimPrefix(u.Path, "/"))
}
