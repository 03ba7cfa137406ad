package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/chattigo/api-isv/config"
)

// healthTimeout bounds the question; the process asks its parts for 2 s at most. maxHealth, in bytes, is of
// its answer.
const (
	healthTimeout = 5 * time.Second
	maxHealth     = 4 << 10
)

type healthCommand struct {
	Live bool `help:"Ask only whether the process lives, not whether it is ready."`
}

// Run asks the process of the same environment, which is what a container's health check needs: its image
// has neither a shell nor curl.
func (c healthCommand) Run(p *program) error {
	cfg, err := config.LoadOps(p.environ)
	if err != nil {
		return err
	}
	if cfg.OpsAddr == config.OpsOff {
		return fmt.Errorf("CHATTIGO_OPS_ADDR is %s: the process has no address to ask", config.OpsOff)
	}
	path := "/readyz"
	if c.Live {
		path = "/healthz"
	}
	ctx, cancel := context.WithTimeout(p.ctx, healthTimeout)
	defer cancel()
	status, body, err := askHealth(ctx, "http://"+localAddr(cfg.OpsAddr)+path)
	if err != nil {
		return err
	}
	p.printf("%s\n", body)
	if status != http.StatusOK {
		return fmt.Errorf("%s answered %d", path, status)
	}
	return nil
}

func askHealth(ctx context.Context, url string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	asking := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // without a proxy
	response, err := asking.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("no process answers: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxHealth))
	if err != nil {
		return 0, "", fmt.Errorf("read the answer: %w", err)
	}
	return response.StatusCode, strings.TrimSpace(string(text)), nil
}

// localAddr is where a process that listens at addr can be asked from its own machine: one that listens
// everywhere listens on the loopback, too.
func localAddr(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if host == "" {
		return net.JoinHostPort("127.0.0.1", port)
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
