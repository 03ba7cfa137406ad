package fleet

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/devserver/stack"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

// victimVariable makes the test binary start a fleet with that data directory and binary, print the
// process ids, and wait to be killed.
const victimVariable = "FLEET_VICTIM"

func TestMain(m *testing.M) {
	RunIfTemporal(context.Background())
	os.Exit(m.Run())
}

// openDir is a directory that the account of PostgreSQL can enter, which it cannot with t.TempDir's.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chattigo-fleet-") //nolint:usetesting // see above
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func build(t *testing.T, dir string) string {
	t.Helper()
	binary := filepath.Join(dir, "chattigo")
	command := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/chattigo")
	command.Dir = filepath.Join("..", "..")
	said, err := command.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return binary
}

func startFleet(t *testing.T, dir, binary string) *Fleet {
	t.Helper()
	cfg, err := stack.FreeConfig(dir)
	require.NoError(t, err)
	said := &spoken{}
	running, err := Start(t.Context(), Options{Config: cfg, Binary: binary, WithoutUI: true, Forgetful: true, Say: said.say})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, running.Stop(context.WithoutCancel(t.Context())))
		if t.Failed() {
			t.Log(strings.Join(said.all(), "\n"))
		}
	})
	return running
}

// Everything that can be killed is, and comes back; what was written is there, also for the next start.
func TestAFleetOutlivesItsProcessesAndGoesOnWhereItStood(t *testing.T) {
	storetest.RequirePrograms(t)
	dir := openDir(t)
	binary, data := build(t, dir), filepath.Join(dir, "data")
	running := startFleet(t, data, binary)
	token := login(t, running.APIURLs()[0])
	patch(t, running.APIURLs()[1], token, "http://127.0.0.1:1/changed")

	for _, name := range []string{API1, API2, Worker1, Worker2, Temporal, PostgreSQL} {
		p := running.Process(name)
		before := p.PID()
		require.NoError(t, p.Kill())
		require.Eventually(t, func() bool { return p.PID() != before && p.PID() != 0 }, soon, 10*time.Millisecond, name)
		require.NoError(t, p.AwaitReady(t.Context()))
	}
	require.Eventually(t, func() bool { return get(t, running.APIURL()+"/readyz") == http.StatusOK }, soon, 50*time.Millisecond)
	require.NoError(t, running.Stop(t.Context()))

	again := startFleet(t, data, binary)

	require.Equal(t, "http://127.0.0.1:1/changed", webhook(t, again))
	require.Equal(t, running.Config().IDKey.Bytes(), again.Config().IDKey.Bytes())
	for _, api := range append(again.APIURLs(), again.APIURL()) {
		require.NotEmpty(t, login(t, api))
	}
}

func TestNoProcessOutlivesAKilledFleet(t *testing.T) {
	if told := os.Getenv(victimVariable); told != "" {
		beVictim(t, told)
		return
	}
	storetest.RequirePrograms(t)
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends processes with the one that started them")
	}
	dir := openDir(t)
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	victim.Env = append(os.Environ(), victimVariable+"="+dir+":"+build(t, dir))
	stdin, err := victim.StdinPipe()
	require.NoError(t, err)
	defer func() { _ = stdin.Close() }()
	stdout, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	pids := readPIDs(t, stdout)
	require.Len(t, pids, 6)

	require.NoError(t, victim.Process.Kill())
	_ = victim.Wait() // fails, because it was killed

	for _, pid := range pids {
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, soon, 20*time.Millisecond)
	}
}

// beVictim waits on standard input, so that it also ends with the test that started it.
func beVictim(t *testing.T, told string) {
	t.Helper()
	dir, binary, _ := strings.Cut(told, ":")
	running := startFleet(t, filepath.Join(dir, "data"), binary)
	var pids []string
	for _, p := range running.processes {
		pids = append(pids, strconv.Itoa(p.PID()))
	}
	_, err := fmt.Fprintln(os.Stdout, "pids="+strings.Join(pids, ","))
	require.NoError(t, err)
	_, err = io.ReadAll(os.Stdin)
	require.NoError(t, err)
}

func readPIDs(t *testing.T, stdout io.Reader) (pids []int) {
	t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		list, ok := strings.CutPrefix(lines.Text(), "pids=")
		if !ok {
			continue
		}
		for one := range strings.SplitSeq(list, ",") {
			pid, err := strconv.Atoi(one)
			require.NoError(t, err)
			pids = append(pids, pid)
		}
		return pids
	}
	require.FailNow(t, "the victim started no fleet")
	return nil
}

func login(t *testing.T, api string) (token string) {
	t.Helper()
	var got struct {
		Token string `json:"access_token"`
	}
	body := request(t, http.MethodPost, api+"/login", "", map[string]string{"username": stack.DemoAccount, "password": stack.DemoPassword})
	require.NoError(t, json.Unmarshal(body, &got))
	return got.Token
}

func patch(t *testing.T, api, token, url string) {
	t.Helper()
	request(t, http.MethodPatch, api+"/webhooks/outbound", token, map[string]string{"waId": stack.DemoWaID, "externalWebhookIsvBot": url})
}

// request demands 200 and returns the body.
func request(t *testing.T, method, url, token string, content any) []byte {
	t.Helper()
	sent, err := json.Marshal(content)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(sent))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", body)
	return body
}

func get(t *testing.T, url string) int {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

func webhook(t *testing.T, running *Fleet) string {
	t.Helper()
	db, err := store.Open(t.Context(), running.Config().DatabaseURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	channel, err := db.Channel(t.Context(), stack.DemoWaID)
	require.NoError(t, err)
	return channel.WebhookURL
}
