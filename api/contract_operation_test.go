package api_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// operation is one of the document's, with the path item that it belongs to.
type operation struct {
	node

	method, path string
	item         node
}

// operationKeys are the names of a path item's operations.
func operationKeys() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

func (c *contract) readOperations() []operation {
	var all []operation
	for _, path := range c.root.get("paths").keys() {
		item := c.root.get("paths", path)
		for _, key := range item.keys() {
			if slices.Contains(operationKeys(), key) {
				all = append(all, operation{item.get(key), strings.ToUpper(key), path, item})
			}
		}
	}
	return all
}

// isVersioned reports whether the operation also exists under a version of the Graph API.
func (o operation) isVersioned() bool {
	return slices.ContainsFunc(o.get("servers").parts(), func(server node) bool { return server.get("url").text() == "/{version}" })
}

// isOpen reports whether the operation needs no token.
func (o operation) isOpen() bool {
	security := o.get("security")
	return security.exists() && len(security.keys()) == 0
}

// parameters are those of the operation and of its path.
func (o operation) parameters(in string) []node {
	var all []node
	for _, parameter := range append(o.get("parameters").parts(), o.item.get("parameters").parts()...) {
		if parameter.get("in").text() == in {
			all = append(all, parameter)
		}
	}
	return all
}

var versionPrefix = regexp.MustCompile(`^/v(1[4-9]|[2-9][0-9])\.0/`)

// find returns the operation that a request means. If there is none it returns the methods of its path.
func (c *contract) find(r *http.Request) (found operation, allowed []string) {
	path, versioned := r.URL.Path, false
	if prefix := versionPrefix.FindString(path); prefix != "" {
		path, versioned = path[len(prefix)-1:], true
	}
	for _, o := range c.operations {
		if !matches(o.path, path) || versioned && !o.isVersioned() {
			continue
		}
		allowed = append(allowed, o.method)
		method := r.Method
		if method == http.MethodHead && o.path != "/deliveries/next" {
			method = http.MethodGet
		}
		// What is written out goes before what is a variable.
		if o.method == method && (!found.exists() || strings.Count(o.path, "{") < strings.Count(found.path, "{")) {
			found = o
		}
	}
	return found, allowed
}

// matches reports whether a path is one of a template's.
func matches(template, path string) bool {
	wanted, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(wanted) != len(got) {
		return false
	}
	for i, part := range wanted {
		if strings.HasPrefix(part, "{") && got[i] != "" {
			continue
		}
		if part != got[i] {
			return false
		}
	}
	return true
}
