package transcript_test

import (
	"bytes"
	"encoding/xml"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/transcript"
)

func TestJUnitIsXMLThatABuildServerReads(t *testing.T) {
	b := loadBot(t, "../script/testdata/tienda.bot.yaml")
	f := load(t, []byte(`cases:
  - name: "good <1>"
    steps: [{user: {button: {payload: pagado, text: x}}}, {bot: any}]
  - name: bad
    steps:
      - user: "]]> \u0007 \uFFFE"
      - bot: "]]>"
`))
	results := play(b, f)
	results[0].Took = 1500 * time.Microsecond
	var out bytes.Buffer
	require.NoError(t, transcript.WriteJUnit(&out, []transcript.Suite{{Name: b.Name, File: "a.test.yaml", Results: results}}))
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Time  string `xml:"time,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Line    int    `xml:"line,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(out.Bytes(), &got))
	require.Equal(t, []int{2, 1, 1, 2}, []int{got.Tests, got.Failures, len(got.Suites), len(got.Suites[0].Cases)})
	require.Equal(t, "0.001500", got.Suites[0].Time)
	good, bad := got.Suites[0].Cases[0], got.Suites[0].Cases[1]
	require.Equal(t, "good <1>", good.Name)
	require.Nil(t, good.Failure)
	require.Equal(t, 4, bad.Line)
	require.Contains(t, bad.Failure.Message, `line 7: bot: "]]>": the text is`)
	require.Contains(t, bad.Failure.Text, "✗ line 7")
}
