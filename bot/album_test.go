package bot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const damage = `
start: photo
defaults: {retry: {max: 2, say: ["what?"], else: lost}}
states:
  photo: {say: [photo], ask: {as: image, to: text}}
  text: {say: [text], ask: {as: text, to: pdf}}
  pdf: {say: [pdf], ask: {as: document, reject: [{if: "input.caption == 'draft'", say: ["no draft"]}], to: end}}
  lost: {say: [lost], ask: {as: int, retry: {max: 0, else: end}, to: end}}
  end: {say: [end], close: {reason: done}}
`

// shows is a medium that was sent at this time, in seconds after the conversation began.
func (c *chat) shows(kind, caption string, second int64) {
	c.t.Helper()
	c.receive("<"+kind+">", fmt.Sprintf(`{"type":%q,"timestamp":"%d",%q:{"id":"1","caption":%q}}`, kind, opened.Unix()+second, kind, caption))
}

func TestAnAlbumIsRefusedOnce(t *testing.T) {
	const refused, silent = "rule 8 refused", "rule 8 album"
	type sent struct {
		kind   string
		second int64
		trace  string
	}
	for _, tt := range []struct {
		name string
		sent []sent
	}{
		{"in the same second", []sent{{"image", 0, refused}, {"image", 0, silent}, {"image", 0, silent}, {"image", 0, silent}}},
		{"within seconds", []sent{{"image", 1, refused}, {"image", 4, silent}, {"image", 12, silent}, {"image", 21, silent}}},
		{"out of order", []sent{{"image", 4, refused}, {"image", 2, silent}, {"image", 3, silent}}},
		{"of all kinds", []sent{{"image", 0, refused}, {"video", 0, silent}, {"document", 1, silent}, {"audio", 2, silent}, {"sticker", 2, silent}}},
		{"but another one later", []sent{{"image", 0, refused}, {"image", 9, silent}, {"image", 19, refused}, {"image", 20, silent}}},
		{"but another one of long ago", []sent{{"image", 0, refused}, {"image", -3600, refused}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, damage)
			c.says("hola")
			c.shows("image", "", 0)
			require.Equal(t, "text", c.asking())
			tries := 0
			for _, s := range tt.sent {
				c.now = c.now.Add(time.Minute) // what comes late is judged by when it was sent
				c.shows(s.kind, "caption", s.second)
				require.Equal(t, s.trace, c.trace())
				if s.trace == refused {
					tries++
					require.Equal(t, []string{"what?"}, c.texts())
				} else {
					require.Empty(t, c.texts())
				}
				require.Equal(t, tries, c.state.Ask.Tries)
				require.Equal(t, tries, c.state.Refused["text"])
				require.Equal(t, c.now, c.armed.Set, "silence is counted anew")
			}
			c.says("a crash")
			require.Equal(t, "pdf", c.asking())
		})
	}
}

func TestAnAlbumIsRefusedOnceWhateverTheReason(t *testing.T) {
	c := talkTo(t, damage)
	c.says("hola")
	c.shows("image", "", 0)
	c.says("a crash")
	c.shows("document", "draft", 0)
	require.Equal(t, []string{"no draft"}, c.texts())
	c.shows("document", "draft", 0)
	require.Empty(t, c.texts())
	c.shows("document", "", 1)
	require.Equal(t, []string{"end"}, c.texts(), "what fits is taken all the same")
}

func TestAnAlbumAlsoSparesTheQuestionToWhichTheRefusalLeads(t *testing.T) {
	c := talkTo(t, damage)
	c.says("hola")
	c.shows("image", "", 0)
	c.says("a crash")
	c.state.Ask.Tries = 2
	c.shows("image", "", 0)
	require.Equal(t, "lost", c.asking())
	c.shows("image", "", 0)
	require.Equal(t, "lost", c.asking())
	require.Empty(t, c.texts())
}

func TestWordsBetweenPhotosEndAnAlbum(t *testing.T) {
	c := talkTo(t, damage)
	c.says("hola")
	c.shows("image", "", 0)
	c.shows("image", "", 0)
	c.says("a crash")
	c.shows("image", "", 1)
	require.Equal(t, []string{"what?"}, c.texts())
}

// Meta's time may be missing: then the arrival counts.
func TestAnAlbumWithoutTimes(t *testing.T) {
	c := talkTo(t, damage)
	c.says("hola")
	c.sends("image")
	c.sends("image")
	require.Equal(t, []string{"what?"}, c.texts())
	c.sends("image")
	require.Empty(t, c.texts())
	c.now = c.now.Add(time.Minute)
	c.sends("image")
	require.Equal(t, []string{"what?"}, c.texts())
}
