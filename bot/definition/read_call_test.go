package definition_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// calling is a bot whose one call has the statuses.
func calling(onStatus string) []byte {
	return []byte(`bot: v1
name: x
languages: [en]
start: a
states:
  a:
    call: {http: {get: "https://api.example.com/"}, on_error: b, on_status: ` + onStatus + `}
    goto: b
  b: {close: {reason: done}}
`)
}

func TestAStatusIsWrittenInOneWay(t *testing.T) {
	loaded, err := definition.Load(calling(`{100: b, 404: b, "409": b, 599: b}`))
	require.NoError(t, err)
	var statuses []int
	for _, exit := range loaded.State("a").Call.OnStatus {
		statuses = append(statuses, exit.Status)
	}
	require.Equal(t, []int{100, 404, 409, 599}, statuses)

	for _, key := range []string{`+404`, `"+404"`, `0404`, `"0404"`, `-404`, `" 404"`, `4_04`, `0x194`, `404.0`, `4e2`, `99`, `099`, `600`, `1000`, `4xx`, `400-499`, `"４０４"`, `""`, `null`} {
		_, err := definition.Load(calling(`{404: b, ` + key + `: b}`))
		text := strings.Trim(key, `"`)
		require.ErrorContains(t, err, `7:86: "`+text+`" is no HTTP status: a key of on_status has three digits, from 100 to 599, such as 409 [value]`, key)
	}
	_, err = definition.Load(calling(`{404: b, "404": b}`))
	require.ErrorContains(t, err, `7:86: the key "404" is there twice, first at line 7, column 78; leave one of them [duplicate-key]`)
}

func TestAHeaderIsThereOnce(t *testing.T) {
	with := func(headers string) []byte {
		return []byte(strings.Replace(string(calling(`{404: b}`)), `.com/"}`, `.com/", headers: `+headers+`}`, 1))
	}
	_, err := definition.Load(with(`{X-A: "1", X-B: "2"}`))
	require.NoError(t, err)
	_, err = definition.Load(with(`{X-A: "1", x-a: "2"}`))
	require.ErrorContains(t, err, `7:72: the header x-a is there already, as X-A: capitals make no difference [call]`)
}
