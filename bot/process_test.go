package bot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// inSecondProcess is the environment variable by which the test below tells its child what to do.
const inSecondProcess = "CHATTIGO_TEST_SECOND_PROCESS"

// Go's maps are walked in another order in each process, and CEL walks them: what one worker decides
// another has to decide in the same bytes, in any time zone and language.
func TestASecondProcessGivesTheSameBytes(t *testing.T) {
	hash, steps := playCorpus(t)
	require.Greater(t, steps, 5000)
	if os.Getenv(inSecondProcess) != "" {
		fmt.Fprintln(os.Stdout, "corpus", hash)
		return
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), binary, "-test.run=^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), inSecondProcess+"=1", "TZ=Asia/Kolkata", "LANG=tr_TR.UTF-8", "GOMAXPROCS=1")
	out, err := child.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, strings.Split(string(out), "\n"), "corpus "+hash)
}

// playCorpus plays the same thousands of events to all definitions, and gives a hash of all states
// and effects.
func playCorpus(t *testing.T) (hash string, steps int) {
	t.Helper()
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for i, b := range worlds(t) {
		l := &sequence{state: uint64(i)}
		for range 50 {
			w := newWorld(b)
			w.state.LoopGuard = l.number(4) == 0
			for range 60 {
				e := w.draw(l)
				state, effects, err := bot.Step(b, w.state, e)
				require.NoError(t, err)
				require.NoError(t, enc.Encode(state))
				require.NoError(t, enc.Encode(effects))
				w.take(t, e, state, effects)
				if steps++; state.Closed {
					break
				}
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), steps
}

// sequence are lots that are the same each time: SplitMix64.
type sequence struct{ state uint64 }

func (s *sequence) number(below int) int {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(below))
}

func (s *sequence) text() string {
	letters := []rune("aé ñ0.,!?*_~${}\"\\<&\n\u202e👋ßİ")
	text := make([]rune, s.number(20))
	for i := range text {
		text[i] = letters[s.number(len(letters))]
	}
	return string(text)
}
