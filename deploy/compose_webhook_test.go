package deploy_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/examples/isv"
)

// The webhook of the test is where production lets one be: on https, at an address that is public for
// the services. The address is this machine's in a network of the engine that nothing else sees.
const (
	hookName   = "webhook.chattigo-isv-test.com"
	hookSubnet = "45.67.89.0/24"
	hookHost   = "45.67.89.1"
)

// hook is the sample ISV behind TLS, with a certificate of an authority that only the test has.
type hook struct {
	inbox     *isv.Inbox
	authority string // the file with its certificate
	pair      tls.Certificate
}

func newHook(t *testing.T) *hook {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: hookName}, DNSNames: []string{hookName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	// Containers run as another user, who has to be able to read it.
	dir, err := os.MkdirTemp("", "chattigo-compose-") //nolint:usetesting // t.TempDir is for this user alone
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755)) // #nosec G302 -- see above
	h := &hook{inbox: isv.NewInbox(), authority: filepath.Join(dir, "authority.pem"), pair: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(h.authority, certificate, 0o644)) // #nosec G306 -- see above
	return h
}

// compose is a file for Compose that lets api and worker reach the webhook and trust it.
func (h *hook) compose() string {
	service := fmt.Sprintf(`
    networks: [default, outside]
    extra_hosts: [%q]
    volumes: ["%s:/authority.pem:ro"]
    environment: {SSL_CERT_FILE: /authority.pem}`, hookName+":"+hookHost, h.authority)
	return fmt.Sprintf(`services:
  api:%s
  worker:%s
networks:
  outside: {ipam: {config: [{subnet: %q, gateway: %q}]}}
`, service, service, hookSubnet, hookHost)
}

// serve serves the webhook, once the engine has made the network, and the inbox on a port of loopback
// for the demo, whose address it returns.
func (h *hook) serve(t *testing.T) string {
	t.Helper()
	outside, err := tls.Listen("tcp", net.JoinHostPort(hookHost, "443"), &tls.Config{Certificates: []tls.Certificate{h.pair}, MinVersion: tls.VersionTLS12})
	require.NoError(t, err)
	inside, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	for _, listener := range []net.Listener{outside, inside} {
		server := &http.Server{Handler: h.inbox, ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	return inside.Addr().String()
}

// await waits for messages of a contact until enough says that they are.
func (h *hook) await(t *testing.T, contact string, enough func([]isv.Message) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	filter, got := isv.Filter{Contact: contact}, []isv.Message(nil)
	for !enough(got) {
		more := h.inbox.Await(ctx, filter, 10*time.Second)
		require.NoErrorf(t, ctx.Err(), "contact %s got only %d messages", contact, len(got))
		for _, m := range more {
			filter.After, got = m.Index, append(got, m)
		}
	}
}
