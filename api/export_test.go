package api

// Route is a line of the route table, as the tests of openapi.yaml see it.
type Route struct {
	Method, Path string
	// Role is who may use it: "" for anyone, "tenant", "member".
	Role      string
	Versioned bool
	MaxBody   int64
}

// Routes is the route table.
func Routes() []Route {
	roles := map[permission]string{anyone: "", tenant: "tenant", member: "member"}
	var all []Route
	for _, rt := range routes() {
		all = append(all, Route{rt.method, rt.path, roles[rt.permission], rt.versioned, rt.maxBody})
	}
	return all
}
