// Package webhooktest serves https under any host name, for tests of what calls other people's
// servers. It must not import anything of ours: the tests of
// webhook import it. Start reading at New; Redirect makes clients connect to a server.
package webhooktest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Server is an API on a loopback address. Its certificate is for its name, from an authority that
// nobody else knows.
type Server struct {
	*httptest.Server
	// Name is the host name, Base the URL to call: https://name.
	Name string
	Base string
	// Addr is where it listens, Authorities what vouches for it.
	Addr        netip.AddrPort
	Authorities *x509.CertPool
}

// Option changes a server before it starts.
type Option func(*httptest.Server)

// ForName makes the certificate one for another name.
func ForName(name string) Option { return certified(name, time.Hour) }

// Expired makes the certificate one that is valid no longer.
func Expired() Option { return certified("", -time.Minute) }

// certified gives the server another certificate, for a name, or for its own.
func certified(name string, left time.Duration) Option {
	return func(s *httptest.Server) {
		if name == "" {
			name = s.TLS.Certificates[0].Leaf.Subject.CommonName
		}
		s.TLS.Certificates = nil
		if certificate, err := certify(name, time.Now().Add(left)); err == nil {
			s.TLS.Certificates = []tls.Certificate{certificate}
		}
	}
}

// New serves until the test is over, HTTP/1.1 and HTTP/2.
func New(t testing.TB, name string, handler http.Handler, options ...Option) *Server {
	t.Helper()
	server, err := Start(name, handler, options...)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

// Start serves until the server is closed, for what many tests share.
func Start(name string, handler http.Handler, options ...Option) (*Server, error) {
	certificate, err := certify(name, time.Now().Add(time.Hour))
	if err != nil {
		return nil, err
	}
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	for _, option := range options {
		option(server)
	}
	authorities := x509.NewCertPool()
	for _, c := range server.TLS.Certificates {
		authorities.AddCert(c.Leaf)
	}
	server.StartTLS()
	addr, err := netip.ParseAddrPort(server.Listener.Addr().String())
	if err != nil {
		server.Close()
		return nil, err
	}
	return &Server{Server: server, Name: name, Base: "https://" + name, Addr: addr, Authorities: authorities}, nil
}

// certify makes a certificate that vouches for itself.
func certify(name string, until time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
