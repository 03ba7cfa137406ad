package answer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/answer"
)

// What looks like an answer and means something else is none: to ask again is better than to
// write down what nobody said.
func TestWhatMeansSomethingElseIsNoAnswer(t *testing.T) {
	c := answer.Context{Now: time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC), Language: "es-CL", Contact: "56911112222"}
	for _, tt := range []struct {
		kind answer.Kind
		text string
	}{
		{answer.Date, "no hoy"},
		{answer.Date, "no mañana"},
		{answer.Date, "no el lunes"},
		{answer.Time, "no a las 5"},
		{answer.Int, "no tengo uno"},
		{answer.Int, "12:500"},
		{answer.Number, "12:500"},
		{answer.DNI, "10/03/1980"},
	} {
		t.Run(string(tt.kind)+" "+tt.text, func(t *testing.T) {
			got, ok := answer.Read(tt.kind, tt.text, c)
			require.False(t, ok, "%v", got)
		})
	}
}
