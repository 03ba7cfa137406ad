package webhook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckTarget(t *testing.T) {
	const ok = ""
	cases := []struct {
		url  string
		want string // part of the sentence; empty means allowed
	}{
		{"https://hooks.example.com", ok},
		{"https://hooks.example.com/a/b?c=d", ok},
		{"https://hooks.example.com:443/", ok},
		{"https://hooks.example.com:8443/x", ok},
		{"https://xn--caa-hqa.example/", ok},
		{"HTTPS://Hooks.Example.COM./", ok},
		{"http://hooks.example.com", "https://"},
		{"ftp://hooks.example.com", "https://"},
		{"//hooks.example.com", "https://"},
		{"hooks.example.com", "https://"},
		{"", "https://"},
		{"https:", "no host"},
		{"https:///x", "no host"},
		{"https:hooks.example.com", "no host"},
		{"https://:443/", "no host"},
		{"https://user:pw@hooks.example.com", "user name"},
		{"https://hooks.example.com/#part", "fragment"},
		{"https://hooks.example.com/#", "fragment"},
		{"https://hooks.example.com/ x", "space"},
		{"https://hooks.example.com:8080/", "port"},
		{"https://hooks.example.com:/", "port"},
		{"https://hooks.example.com:99999/", "port"},
		{"https://10.0.0.1/", "IP address"},
		{"https://[::1]/", "IP address"},
		{"https://[::ffff:127.0.0.1]/", "IP address"},
		{"https://[fe80::1%25lo]/", "IP address"},
		{"https://2130706433/", "full public name"},
		{"https://127.1/", "IP address"},
		{"https://0x7f.0x1/", "IP address"},
		{"https://localhost/", "full public name"},
		{"https://my.localhost/", "localhost"},
		{"https://①②⑦.0.0.1/", "letters, digits"},
		{"https://a_b.example.com/", "letters, digits"},
		{"https://-a.example.com/", "letters, digits"},
		{"https://a..example.com/", "letters, digits"},
		{"https://hooks.example.com/\x00", "parsed"},
		{"https://hooks.example.com/" + strings.Repeat("a", 2048), "2048"},
		{"http://127.0.0.1:8090/", "https://"},
	}
	for _, c := range cases {
		t.Run(c.url, func(t *testing.T) {
			err := CheckTarget(c.url, false)
			if c.want == ok {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestCheckTargetInDevAllowsLoopbackOnly(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:8090/", "http://localhost:8090", "https://[::1]:9999/x"} {
		require.NoError(t, CheckTarget(url, true), url)
	}
	for _, url := range []string{
		"http://10.0.0.1/", "http://hooks.example.com/", "ftp://127.0.0.1/", "http://127.0.0.1@10.0.0.1/",
		"http://169.254.169.254/", "https://192.168.1.1/",
	} {
		require.Error(t, CheckTarget(url, true), url)
	}
}
