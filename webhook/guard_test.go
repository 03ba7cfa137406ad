package webhook

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// refusedAddresses are those of public corpora against such guards (smokescreen, svix, convoy,
// cplieger/ssrf, safeurl, AntiSSRF), with the edges of every block.
const refusedAddresses = `
	0.0.0.0 0.1.2.3 0.255.255.255 10.0.0.1 10.254.0.0 10.255.255.255
	100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.0.1.1 127.127.127.127 127.255.255.255
	168.63.129.16 169.254.0.1 169.254.1.1 169.254.169.254 169.254.170.2
	172.16.0.1 172.16.10.65 172.31.255.255 192.0.0.0 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.170 192.0.0.192 192.0.0.255
	192.0.2.1 192.0.2.255 192.31.196.1 192.52.193.1 192.88.99.1 192.88.99.2 192.168.0.1 192.168.10.65 192.168.255.255
	192.175.48.1 198.18.0.0 198.19.255.255 198.51.100.65 203.0.113.6 224.0.0.1 239.255.255.255
	240.0.0.1 250.10.20.30 255.255.255.254 255.255.255.255
	:: ::1 ::127.0.0.1 ::10.0.0.1 ::192.168.1.1 ::100.64.0.1 ::169.254.169.254 ::8.8.8.8
	::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:172.16.0.1 ::ffff:192.168.1.1 ::ffff:169.254.169.254 ::ffff:168.63.129.16
	::ffff:0.0.0.1 ::ffff:100.64.0.1 ::ffff:192.0.2.1 ::ffff:198.18.0.1 ::ffff:240.0.0.1 ::ffff:0:127.0.0.1
	64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::c0a8:101 64:ff9b::a9fe:a9fe 64:ff9b::808:808
	64:ff9b:1::7f00:1 64:ff9b:1::808:808 64:ff9b:1:ffff::1 100::1 100::ffff:ffff:ffff:ffff 100:0:0:1::1
	2001::1 2001:0:4136:e378:8000:63bf:80ff:fffe 2001:0:4136:e378:8000:63bf:5601:5601 2001:0:7f00:1:8000:63bf:f7f7:f7f7
	2001:0:808:404:8000:63bf:f7f7:f7f7 2001:1::1 2001:1::3 2001:2::1 2001:2:0:ffff:: 2001:3::1 2001:4:112::1
	2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1 2001:db8::1 2001:db8:ffff:ffff::1
	2002:7f00:1:: 2002:c0a8:101:: 2002:a00:1:: 2002:a9fe:a9fe:: 2002:6440:1:: 2002:808:808::
	2620:4f:8000::1 3fff::1 3fff:fff:ffff::1 4000::1 5f00::1 5f00:ffff:: 8000::1
	fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 ff02::1 ff02::2 ff0e::1
	fe80::1%lo ::1%lo fe80::1%eth0 2606:4700:4700::1111%eth0`

const permittedAddresses = `
	1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
	168.63.129.17 169.253.255.255 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.1 192.169.0.0 198.17.255.255
	198.20.0.0 223.255.255.255 ::ffff:8.8.8.8 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111
	2620:4f:7fff::1 2a00::1 3ffe::1`

func on(t require.TestingT, port uint16, address string) netip.AddrPort {
	a, err := netip.ParseAddr(address)
	require.NoError(t, err)
	return netip.AddrPortFrom(a, port)
}

func TestGuardRefusesEveryAddressThatIsNotPublic(t *testing.T) {
	g := NewGuard()
	for address := range strings.FieldsSeq(refusedAddresses) {
		require.ErrorIs(t, g.check(on(t, 443, address)), ErrForbidden, address)
	}
	require.ErrorIs(t, g.check(netip.AddrPort{}), ErrForbidden)
}

func TestGuardPermitsPublicAddressesOnTheTwoPorts(t *testing.T) {
	g := NewGuard()
	for address := range strings.FieldsSeq(permittedAddresses) {
		require.NoError(t, g.check(on(t, 443, address)), address)
		require.NoError(t, g.check(on(t, 8443, address)), address)
		for _, port := range []uint16{0, 22, 25, 53, 80, 444, 5432, 6379, 7233, 8080, 9200, 65535} {
			require.ErrorIs(t, g.check(on(t, port, address)), ErrForbidden, "%s %d", address, port)
		}
	}
}

func TestGuardJudgesNAT64ByWhatItStandsFor(t *testing.T) {
	g := NewGuard(WithNAT64(netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2a00:1::/96")))
	for _, prefix := range []string{"64:ff9b::", "2a00:1::"} {
		for _, private := range []string{"7f00:1", "a00:1", "c0a8:101", "a9fe:a9fe", "6440:1", "a83f:8110"} {
			require.ErrorIs(t, g.check(on(t, 443, prefix+private)), ErrForbidden, prefix+private)
		}
		require.NoError(t, g.check(on(t, 443, prefix+"808:808")))
		require.ErrorIs(t, g.check(on(t, 80, prefix+"808:808")), ErrForbidden)
	}
	require.ErrorIs(t, g.check(on(t, 443, "64:ff9b:1::808:808")), ErrForbidden, "another prefix")
	require.ErrorIs(t, NewGuard(WithNAT64(netip.MustParsePrefix("::/0"))).check(on(t, 443, "::1")), ErrForbidden, "no /96")
}

func TestGuardWantsAResolvedTCPAddress(t *testing.T) {
	g := NewGuard()
	for _, c := range []struct{ network, address string }{
		{"tcp", "8.8.8.8:443"},
		{"udp4", "8.8.8.8:443"},
		{"unix", "/run/x"},
		{"", ""},
		{"tcp4", "8.8.8.8"},
		{"tcp4", "example.com:443"},
		{"tcp4", "127.1:443"},
		{"tcp4", "2130706433:443"},
		{"tcp4", "0177.0.0.1:443"},
		{"tcp4", "8.8.8.8:443:443"},
		{"tcp6", "2606:4700:4700::1111:443"},
		{"tcp4", "8.8.8.8:99999"},
	} {
		require.ErrorIs(t, g.control(t.Context(), c.network, c.address, nil), ErrForbidden, c)
	}
	require.NoError(t, g.control(t.Context(), "tcp4", "8.8.8.8:443", nil))
	require.NoError(t, g.control(t.Context(), "tcp6", "[2606:4700:4700::1111]:443", nil))
	require.Equal(t, "the target is not allowed", g.control(t.Context(), "tcp4", "10.1.2.3:443", nil).Error(), "it tells no address")
}

// Whatever form an IPv4 address comes in, it is judged as itself, or refused.
func TestGuardIsNotMisledByTheFormOfAnAddress(t *testing.T) {
	plain, nat64 := NewGuard(), NewGuard(WithNAT64(netip.MustParsePrefix("64:ff9b::/96")))
	rapid.Check(t, func(t *rapid.T) {
		var b [16]byte
		copy(b[12:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		v4 := netip.AddrFrom4([4]byte(b[12:]))
		want := plain.check(netip.AddrPortFrom(v4, 443))

		b[10], b[11] = 0xff, 0xff
		mapped := netip.AddrFrom16(b)
		require.Equal(t, want, plain.check(netip.AddrPortFrom(mapped, 443)))
		require.ErrorIs(t, plain.check(netip.AddrPortFrom(mapped.WithZone("eth0"), 443)), ErrForbidden)

		b[10], b[11] = 0, 0
		require.ErrorIs(t, plain.check(netip.AddrPortFrom(netip.AddrFrom16(b), 443)), ErrForbidden, "IPv4-compatible")
		copy(b[:], []byte{0, 0x64, 0xff, 0x9b})
		require.Equal(t, want, nat64.check(netip.AddrPortFrom(netip.AddrFrom16(b), 443)))
		require.ErrorIs(t, plain.check(netip.AddrPortFrom(netip.AddrFrom16(b), 443)), ErrForbidden)
	})
}

func FuzzGuard(f *testing.F) {
	for _, address := range append(strings.Fields(refusedAddresses), strings.Fields(permittedAddresses)...) {
		f.Add("tcp6", "["+address+"]:443")
		f.Add("tcp4", address+":443")
	}
	g := NewGuard()
	f.Fuzz(func(t *testing.T, network, address string) {
		if g.control(t.Context(), network, address, nil) != nil {
			return
		}
		target, err := netip.ParseAddrPort(address)
		require.NoError(t, err)
		a := target.Addr().Unmap()
		require.True(t, a.IsGlobalUnicast() && !a.IsPrivate() && a.Zone() == "", address)
		require.Contains(t, []uint16{443, 8443}, target.Port())
	})
}
