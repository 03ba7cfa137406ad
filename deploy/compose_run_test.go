package deploy_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/examples/isv"
)

var runCompose = flag.Bool("compose", false, "run docker-compose.yml with the Docker engine of this machine")

// As examples/demo has them.
const (
	demoWaID          = "56900000001"
	demoPhoneNumberID = "100000000000001"
	demoPassword      = "demo-password"
)

// production is the whole of docker-compose.yml, running.
type production struct {
	*engine

	hook     *hook
	token    string
	contacts int
}

// TestDockerComposeRuns starts docker-compose.yml as it is, plays the demo, and then kills and cuts off
// its containers, scales them, and changes their release, while contacts write: everybody who was
// answered with 200 is answered by the bot.
func TestDockerComposeRuns(t *testing.T) {
	if !*runCompose {
		t.Skip("needs a Docker engine and some minutes: make compose")
	}
	p := &production{hook: newHook(t)}
	p.engine = newEngine(t, p.hook)
	for _, name := range []string{"POSTGRES_PASSWORD", "CHATTIGO_TOKEN_KEY", "CHATTIGO_ID_KEY", "CHATTIGO_SECRET_KEY"} {
		p.set(name, secret())
	}
	p.run(t, "", "up", "-d", "--no-build")
	inbox := p.hook.serve(t)
	p.awaitReady(t)
	p.run(t, demoPassword+"\n", "run", "--rm", "-T", "api", "account", "add", "demo", "--password-stdin")
	p.run(t, "", "run", "--rm", "-T", "api", "channel", "add", "--account", "demo", "--wa-id", demoWaID, "--phone-number-id", demoPhoneNumberID)

	steps := []struct {
		name string
		do   func(*testing.T)
	}{
		{"the demo plays", func(t *testing.T) { p.demo(t, inbox) }},
		{"every part is set up once and ends", p.setUpsEnded},
		{"two api and three workers", p.scale},
		{"workers are killed", func(t *testing.T) { p.kill(t, "worker") }},
		{"the api is killed", func(t *testing.T) { p.kill(t, "api") }},
		{"Temporal is killed", func(t *testing.T) { p.kill(t, "temporal") }},
		{"PostgreSQL is killed", func(t *testing.T) { p.kill(t, "postgres") }},
		{"workers are cut off", func(t *testing.T) { p.cutOff(t, "worker") }},
		{"Temporal is cut off", func(t *testing.T) { p.cutOff(t, "temporal") }},
		{"PostgreSQL is cut off", func(t *testing.T) { p.cutOff(t, "postgres") }},
		{"another release, and back", p.upgradeAndRollBack},
	}
	for _, step := range steps {
		if !t.Run(step.name, step.do) {
			return
		}
	}
	t.Logf("what the containers take:\n%s", p.docker(t, "stats", "--no-stream", "--format", "{{.Name}}\t{{.MemUsage}}"))
}

func secret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}

// demo is make demo against the containers.
func (p *production) demo(t *testing.T, inbox string) {
	t.Helper()
	demo := exec.CommandContext(t.Context(), "go", "run", "./examples/demo")
	demo.Dir = ".."
	demo.Env = append(os.Environ(), "CHATTIGO_INBOX_ADDR="+inbox, "DEMO_WEBHOOK=https://"+hookName+"/", "NO_COLOR=1")
	out, err := demo.CombinedOutput()
	require.NoErrorf(t, err, "%s", out)
	p.login(t)
}

// setUpsEnded holds that what has only to set something up has ended well.
func (p *production) setUpsEnded(t *testing.T) {
	for _, service := range []string{"migrate", "temporal-schema", "temporal-namespace"} {
		for _, id := range p.containers(t, service) {
			state := p.docker(t, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", id)
			require.Equal(t, "exited 0", strings.TrimSpace(state), service)
		}
	}
}

func (p *production) scale(t *testing.T) {
	p.set("API_PORTS", "8080-8081")
	p.run(t, "", "up", "-d", "--no-build", "--scale", "api=2", "--scale", "worker=3")
	require.Len(t, p.containers(t, "api"), 2)
	require.Len(t, p.containers(t, "worker"), 3)
	p.awaitReady(t)
	p.conversation(t, func() {})
}

// kill ends the containers of a service without a chance to say goodbye, and starts them again.
func (p *production) kill(t *testing.T, service string) {
	t.Helper()
	p.conversation(t, func() {
		p.docker(t, append([]string{"kill", "--signal", "KILL"}, p.containers(t, service)...)...)
		p.docker(t, append([]string{"start"}, p.containers(t, service)...)...)
	})
}

// cutOff takes the containers of a service off their network for some seconds.
func (p *production) cutOff(t *testing.T, service string) {
	t.Helper()
	const long = 8 * time.Second // longer than an attempt of the workers, and than their clients' pings
	p.conversation(t, func() {
		for _, id := range p.containers(t, service) {
			p.docker(t, "network", "disconnect", network("default"), id)
		}
		<-time.After(long) // it is the fault itself
		for _, id := range p.containers(t, service) {
			p.docker(t, "network", "connect", "--alias", service, network("default"), id)
		}
	})
}

// upgradeAndRollBack changes the release of our services, and goes back.
func (p *production) upgradeAndRollBack(t *testing.T) {
	p.docker(t, "tag", "chattigo/api-isv:latest", "chattigo/api-isv:next")
	t.Cleanup(func() { p.docker(t, "rmi", "chattigo/api-isv:next") })
	for _, release := range []string{"next", "latest"} {
		p.conversation(t, func() {
			p.set("RELEASE", release)
			p.run(t, "", "up", "-d", "--no-build", "--scale", "api=2", "--scale", "worker=3")
		})
		image := p.docker(t, "inspect", "--format", "{{.Config.Image}}", p.containers(t, "api")[0])
		require.Equal(t, "chattigo/api-isv:"+release, strings.TrimSpace(image))
	}
}

// conversation has one contact write before, while and after something happens, and another one only
// afterwards; all get their answers, and the notice at the end.
func (p *production) conversation(t *testing.T, happens func()) {
	t.Helper()
	contacts := []string{p.newContact(), p.newContact()}
	for _, contact := range contacts {
		p.write(t, contact, "Hola")
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		happens()
	}()
	contacts = append(contacts, p.newContact())
	p.write(t, contacts[2], "Hola")
	<-written
	p.awaitReady(t)
	contacts = append(contacts, p.newContact())
	p.write(t, contacts[3], "Hola")
	for _, contact := range contacts {
		p.hook.await(t, contact, func(got []isv.Message) bool { return len(got) > 0 })
		p.write(t, contact, "salir")
	}
	for _, contact := range contacts {
		p.hook.await(t, contact, func(got []isv.Message) bool {
			return len(got) > 0 && bytes.Contains(got[len(got)-1].Body, []byte("chatBeenClosed"))
		})
	}
}

func (p *production) newContact() string {
	p.contacts++
	return fmt.Sprintf("5698%07d", p.contacts)
}

func (p *production) login(t *testing.T) {
	t.Helper()
	status, body := p.post(t, "/login", map[string]string{"username": "demo", "password": demoPassword})
	require.Equal(t, http.StatusOK, status)
	var answer struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(body, &answer))
	p.token = answer.Token
}

// write posts a contact's message, again until it is accepted, as an ISV does.
func (p *production) write(t *testing.T, contact, text string) {
	t.Helper()
	message := map[string]any{
		"from": contact, "id": "wamid." + rand.Text(), "timestamp": fmt.Sprint(time.Now().Unix()),
		"type": "text", "text": map[string]string{"body": text},
	}
	value := map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": demoWaID, "phone_number_id": demoPhoneNumberID},
		"contacts":          []any{map[string]any{"wa_id": contact, "profile": map[string]string{"name": "Ana"}}},
		"messages":          []any{message},
	}
	body := map[string]any{
		"object": "whatsapp_business_account",
		"entry":  []any{map[string]any{"id": "1", "changes": []any{map[string]any{"field": "messages", "value": value}}}},
	}
	require.Eventuallyf(t, func() bool {
		status, _ := p.post(t, "/webhooks/inbound", body)
		return status == http.StatusOK
	}, 2*time.Minute, 200*time.Millisecond, "a message of %s is not accepted", contact)
}

// post posts JSON to one api or the other, like a proxy in front of both; 0 is no answer.
func (p *production) post(t *testing.T, path string, body any) (status int, answer []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	for _, port := range []string{"8080", "8081"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+port+path, bytes.NewReader(text))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", p.token)
		if status, answer = do(request); status == http.StatusOK {
			break
		}
	}
	return status, answer
}

func do(request *http.Request) (status int, body []byte) {
	client := &http.Client{Timeout: 15 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	var out bytes.Buffer
	if _, err := out.ReadFrom(response.Body); err != nil {
		return 0, nil
	}
	return response.StatusCode, out.Bytes()
}

// awaitReady waits until one api says that a message can be accepted.
func (p *production) awaitReady(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8080/readyz", http.NoBody)
		if err != nil {
			return false
		}
		status, _ := do(request)
		return status == http.StatusOK
	}, 3*time.Minute, 500*time.Millisecond, "the api is not ready")
}
