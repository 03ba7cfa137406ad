package api

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/chattigo/api-isv/whatsapp"
)

// version is the Graph version that a path begins with; the zero value is a bare path,
// which means the newest.
type version struct {
	name  string
	known bool
}

// hasVersion is a route matcher: it keeps paths away that do not begin with a version
// that we serve, so that they are unknown routes and not wrong methods.
func hasVersion(r *http.Request, _ *mux.RouteMatch) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_, err := lookupVersion(name)
	return name != "" && err == nil
}

// versionOf reads the version of a request that the router has matched.
func versionOf(r *http.Request) version {
	v, err := lookupVersion(mux.Vars(r)["version"])
	if err != nil {
		return version{}
	}
	return v
}

func lookupVersion(name string) (version, error) {
	_, known, err := whatsapp.LookupVersion(name)
	return version{name: name, known: known}, err
}
