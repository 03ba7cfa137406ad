package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/chattigo/api-isv/bot/schema"
	"github.com/chattigo/api-isv/store"
)

// permission is who may use a route.
type permission int

const (
	// anyone needs no token.
	anyone permission = iota
	// tenant is an account that owns channels; operators are not.
	tenant
	// member is any account: tenants see their own conversations, operators all.
	member
)

func (p permission) allows(account store.Account) bool {
	return p != tenant || !account.Operator
}

// route is one line of the route table.
type route struct {
	method     string
	path       string
	permission permission
	// versioned routes also exist under a Graph version such as /v15.0.
	versioned bool
	// maxBody is in bytes; 0 means that no body is read.
	maxBody int64
	handler func(*server, route) http.Handler
}

const (
	// maxWebhook is above the 3 MB that Meta sends at most.
	maxWebhook = 4 << 20
	// maxForm is for bodies of a few fields.
	maxForm = 16 << 10
)

// routes is the whole HTTP surface.
func routes() []route {
	return []route{
		{http.MethodPost, "/login", anyone, true, maxForm, handle(decodeLogin, (*server).login)},
		{http.MethodPost, "/webhooks/inbound", tenant, true, maxWebhook, handle(decodeInbound, (*server).inbound)},
		{http.MethodPatch, "/webhooks/outbound", tenant, true, maxForm, handle(decodeOutbound, (*server).outbound)},
		{http.MethodGet, "/webhooks/outbound", member, false, 0, handle(decodeNothing, (*server).getWebhook)},
		// The document's list of errors spells the route this way.
		{http.MethodPatch, "/webhooks/inbound", tenant, true, maxForm, handle(decodeOutbound, (*server).outbound)},
		{http.MethodGet, "/webhooks/outbound/secret", tenant, false, 0, handle(decodeNothing, (*server).getSecret)},
		{http.MethodPost, "/webhooks/outbound/secret/rotate", tenant, false, maxForm, handle(decodeRotate, (*server).rotateSecret)},
		{http.MethodPost, "/webhooks/outbound/test", tenant, false, maxForm, handle(decodeTrial, (*server).tryWebhook)},
		{http.MethodGet, "/.well-known/jwks.json", anyone, false, 0, handle(decodeNothing, (*server).getKeySet)},
		{http.MethodGet, "/conversations", member, false, 0, handle(decodeNothing, (*server).listConversations)},
		{http.MethodGet, "/conversations/{id}", member, false, 0, handle(decodeNothing, (*server).getConversation)},
		{http.MethodGet, "/conversations/{id}/messages", member, false, 0, handle(decodeNothing, (*server).transcript)},
		{http.MethodPost, "/conversations/{id}/close", member, false, maxForm, handle(decodeClose, (*server).closeConversation)},
		{http.MethodPost, "/conversations/{id}/handoff", member, false, maxForm, handle(decodeHandoff, (*server).handOff)},
		{http.MethodPost, "/conversations/{id}/resume", member, false, maxForm, handle(decodeResume, (*server).resume)},
		{http.MethodGet, "/conversations/{id}/record", member, false, 0, handle(decodeNothing, ofRecording((*recording).record))},

		{http.MethodGet, "/deliveries", member, false, 0, handle(decodeNothing, (*server).listDeliveries)},
		{http.MethodGet, nextPath, tenant, false, 0, handlePull},
		{http.MethodGet, "/deliveries/{id}", member, false, 0, handle(decodeNothing, (*server).getDelivery)},
		{http.MethodPost, "/deliveries/replay", member, false, maxForm, handle(decodeReplay, (*server).replayDeliveries)},
		{http.MethodPost, "/deliveries/{id}/replay", member, false, maxForm, handle(decodeRetry, (*server).replayDelivery)},
		{http.MethodPost, "/deliveries/{id}/ack", tenant, false, maxForm, handle(decodeAck, (*server).acknowledge)},
		{http.MethodPost, "/deliveries/{id}/retry", member, false, maxForm, handle(decodeRetry, (*server).retryDelivery)},
		{http.MethodPost, "/channels/{waId}/retry", member, false, maxForm, handle(decodeRetry, (*server).retryChannel)},

		{http.MethodPut, "/bots/{name}", tenant, false, maxText, handleText(ofBots((*bots).put))},
		{http.MethodGet, "/bots", member, false, 0, handle(decodeNothing, ofBots((*bots).list))},
		{http.MethodGet, "/bots/{name}", member, false, 0, handle(decodeNothing, ofBots((*bots).get))},
		{http.MethodGet, "/bots/{name}/versions", member, false, 0, handle(decodeNothing, ofBots((*bots).versions))},
		{http.MethodGet, "/bots/{name}/versions/{number}", member, false, 0, handle(decodeNothing, ofBots((*bots).text))},
		{http.MethodPut, "/bots/{name}/tests", tenant, false, maxText, handleText(ofBots((*bots).putTests))},
		{http.MethodGet, "/bots/{name}/tests", member, false, 0, handle(decodeNothing, ofBots((*bots).tests))},
		{http.MethodPost, "/bots/{name}/test", tenant, false, maxForm, handle(decodeTest, ofBots((*bots).test))},
		{http.MethodPost, "/bots/{name}/simulate", tenant, false, maxSimulate, handle(decodeSimulate, ofBots((*bots).simulate))},
		{http.MethodPost, "/bots/{name}/rerun", tenant, false, maxRerun, handle(decodeRerun, ofReruns((*reruns).start))},
		{http.MethodGet, "/channels", member, false, 0, handle(decodeNothing, ofPublishing((*publishing).listChannels))},
		{http.MethodGet, "/channels/{waId}", member, false, 0, handle(decodeNothing, ofPublishing((*publishing).getChannel))},
		{http.MethodPut, "/channels/{waId}/bot", tenant, false, maxForm, handle(decodePublish, ofPublishing((*publishing).publish))},
		{http.MethodPost, "/channels/{waId}/bot/rollback", tenant, false, maxForm, handle(decodeRollback, ofPublishing((*publishing).rollback))},
		{http.MethodGet, "/channels/{waId}/publications", member, false, 0, handle(decodeNothing, ofPublishing((*publishing).list))},
		{http.MethodGet, "/schemas/bot-v1.json", anyone, false, 0, handle(decodeNothing, schemaOf(schema.Bot))},
		{http.MethodGet, "/schemas/bot-test-v1.json", anyone, false, 0, handle(decodeNothing, schemaOf(schema.Test))},
		{http.MethodGet, "/openapi.yaml", anyone, false, 0, handle(decodeNothing, textOf(typeYAML, openAPI))},
		{http.MethodGet, "/docs", anyone, false, 0, handle(decodeNothing, (*server).getDocs)},
		{http.MethodGet, "/docs/{file}", anyone, false, 0, handle(decodeNothing, (*server).getDocsFile)},

		{http.MethodGet, healthPath, anyone, false, 0, handle(decodeNothing, (*server).healthz)},
		{http.MethodGet, readyPath, anyone, false, 0, handle(decodeNothing, (*server).readyz)},
	}
}

// nextPath is of the one GET that changes something: without its body the response would be lost.
const nextPath = "/deliveries/next"

// forwards reports whether a route forwards messages.
func (rt route) forwards() bool {
	return rt.method == http.MethodPost && rt.path == "/webhooks/inbound"
}

// isWork reports whether a route checks, plays or simulates what tenants write.
func (rt route) isWork() bool {
	switch rt.method + " " + rt.path {
	case "PUT /bots/{name}", "PUT /bots/{name}/tests", "POST /bots/{name}/test", "POST /bots/{name}/simulate",
		"POST /bots/{name}/rerun", "GET /conversations/{id}/record", "PUT /channels/{waId}/bot":
		return true
	}
	return false
}

// methods returns the HTTP methods of a route: GET comes with HEAD.
func (rt route) methods() []string {
	if rt.method == http.MethodGet && rt.path != nextPath {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{rt.method}
}

// router registers the table. The path comes before the method on every route: mux then
// tells a wrong method from an unknown path.
func (s *server) router() http.Handler {
	router := mux.NewRouter().SkipClean(true)
	for _, rt := range routes() {
		handler := s.counted(rt, s.traced(rt, rt.handler(s, rt)))
		router.Path(rt.path).Methods(rt.methods()...).Handler(handler)
		if rt.versioned {
			router.Path("/{version}" + rt.path).MatcherFunc(hasVersion).Methods(rt.methods()...).Handler(handler)
		}
	}
	router.NotFoundHandler = s.refuse(func(http.ResponseWriter, *http.Request) error {
		return errNoRoute()
	})
	router.MethodNotAllowedHandler = s.refuse(func(w http.ResponseWriter, r *http.Request) error {
		allowed := strings.Join(allowedMethods(router, r), ", ")
		w.Header().Set("Allow", allowed)
		return &apiError{Status: http.StatusMethodNotAllowed, Message: "this route takes only " + allowed}
	})
	return router
}

// counted hands the route's counts to the middleware. A HEAD counts as the GET whose route it has.
func (s *server) counted(rt route, next http.Handler) http.Handler {
	counts := s.metrics.Route(rt.method, rt.path)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recordOf(r.Context()).counts = counts
		next.ServeHTTP(w, r)
	})
}

// traced makes each request of the route a trace. Machines that ask how we are every few seconds make none.
func (s *server) traced(rt route, next http.Handler) http.Handler {
	if s.traces == nil || rt.path == healthPath || rt.path == readyPath {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := recordOf(r.Context())
		r, span := s.traces.Request(r, rt.path, rec.id)
		rec.trace = span.TraceID()
		defer func() { span.EndResponse(rec.status) }()
		next.ServeHTTP(w, r)
	})
}

// allowedMethods returns the methods that the path of a request has.
func allowedMethods(router *mux.Router, r *http.Request) []string {
	var allowed []string
	for _, rt := range routes() {
		for _, method := range rt.methods() {
			if slices.Contains(allowed, method) {
				continue
			}
			probe := *r
			probe.Method = method
			var match mux.RouteMatch
			if router.Match(&probe, &match) && match.MatchErr == nil {
				allowed = append(allowed, method)
			}
		}
	}
	return allowed
}
