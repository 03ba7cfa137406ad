package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

func TestCheckFindsNetworksOfOthers(t *testing.T) {
	const many, every = "which has many public addresses", "must not list every address, or half of them"
	for value, want := range map[string]string{
		"10.0.0.0/7": many, "192.168.0.0/13": many, "172.16.0.0/11": many, "100.64.0.0/9": many, "198.51.100.0/23": many,
		"64.0.0.0/2": many, "2001:db8::/32": many, "fc00::/6": many, "::ffff:198.51.0.0/112": many, "10.0.0.0/8,198.51.0.0/16": many,
		"0.0.0.0/1,128.0.0.0/1": every, "0.0.0.0/1": every, "0.0.0.0/2, 128.0.0.0/2": every, "::/1": every, "2000::/3": every,
		"2000::/4": every, "::ffff:0.0.0.0/97": every,
		"::ffff:0.0.0.0/96": "must not list every address", "::/0": "must not list every address",
		"::ffff:0:0/90": "must have IPv4 networks in the form of IPv4",
	} {
		t.Run(value, func(t *testing.T) {
			environ := safe()
			environ["CHATTIGO_TRUSTED_PROXIES"] = value
			requireFinding(t, config.Check(environ, cloud()), "CHATTIGO_TRUSTED_PROXIES", want, want != many)
		})
	}
}

func TestCheckAcceptsNetworksOfOnesOwn(t *testing.T) {
	for _, value := range []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10",
		"::1", "198.51.100.0/24", "2001:db8:1::/48", "::ffff:10.0.0.0/104", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
	} {
		environ := safe()
		environ["CHATTIGO_TRUSTED_PROXIES"] = value
		require.Empty(t, config.Check(environ, cloud()), value)
	}
}

// Pods and VPNs have addresses out of 100.64.0.0/10, which the internet leads nobody to.
func TestSharedAddressesArePrivate(t *testing.T) {
	for address, public := range map[string]bool{"100.64.0.1": false, "100.127.255.254": false, "100.63.255.254": true, "100.128.0.1": true} {
		environ := safe()
		environ["CHATTIGO_HTTP_ADDR"] = address + ":8080"
		environ["CHATTIGO_OPS_ADDR"] = address + ":9464"
		environ["CHATTIGO_DATABASE_URL"] = "postgres://app:" + strong("db") + "@" + address + "/x?sslmode=disable"
		found := config.Check(environ, config.Temporal{Address: address + ":7233"})
		require.Len(t, found, 4, address)
		for _, f := range found {
			require.Equal(t, public, f.Unsafe, "%s: %s", address, f.Message)
		}
	}
}
