package pseudonym

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/fold"
)

// visit is a text, a number or a key in JSON.
type visit struct {
	text   string
	number bool
	isKey  bool
	// path are the keys that lead there, without the places in lists.
	path []string
}

// key is the key under which the value stands.
func (v visit) key() string {
	if len(v.path) == 0 {
		return ""
	}
	return v.path[len(v.path)-1]
}

// walk writes JSON again, without white space, with what change returns for each text, number and key.
// ok is false for what is no JSON.
func walk(raw []byte, change func(visit) string) (changed json.RawMessage, ok bool) {
	w := &walker{dec: json.NewDecoder(bytes.NewReader(raw)), change: change}
	w.dec.UseNumber()
	if err := w.value(); err != nil {
		return nil, false
	}
	_, err := w.dec.Token()
	return w.out.Bytes(), errors.Is(err, io.EOF)
}

type walker struct {
	dec    *json.Decoder
	out    bytes.Buffer
	change func(visit) string
	path   []string
}

func (w *walker) value() error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return w.nested(token)
	case json.Number:
		w.out.WriteString(w.change(visit{text: token.String(), number: true, path: w.path}))
	case string:
		w.text(visit{text: token, path: w.path})
	case bool:
		w.out.WriteString(map[bool]string{true: "true", false: "false"}[token])
	default:
		w.out.WriteString("null")
	}
	return nil
}

// nested writes a list or an object.
func (w *walker) nested(open json.Delim) error {
	w.out.WriteString(open.String())
	for first := true; w.dec.More(); first = false {
		if !first {
			w.out.WriteByte(',')
		}
		depth := len(w.path)
		if open == '{' {
			token, err := w.dec.Token()
			if err != nil {
				return err
			}
			key, _ := token.(string) // the decoder takes nothing else
			w.text(visit{text: key, isKey: true, path: w.path})
			w.out.WriteByte(':')
			w.path = append(w.path, key)
		}
		if err := w.value(); err != nil {
			return err
		}
		w.path = w.path[:depth]
	}
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	delim, _ := token.(json.Delim)
	w.out.WriteString(delim.String())
	return nil
}

func (w *walker) text(v visit) {
	enc := json.NewEncoder(&w.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(w.change(v)) // a text can always be written
	w.out.Truncate(w.out.Len() - 1)
}

// LearnBody learns from the body of a response.
func (b *Book) LearnBody(body string) {
	_, ok := walk([]byte(body), func(v visit) string {
		asked := askedBy(v.key())
		switch {
		case !v.number:
			b.LearnText(v.text, asked)
		case asked != "" || b.isHome(v.text):
			b.detect(v.text, asked == answer.DNI, false)
		}
		return v.text
	})
	if !ok {
		b.LearnText(body, "")
	}
}

// askedBy is the kind of value that a key promises; empty for none.
func askedBy(key string) answer.Kind {
	for _, word := range fold.Words(fold.Text(key)) {
		switch {
		case slices.Contains(strings.Fields("dni documento document doc cedula rut run cuit cuil cpf cnpj curp rfc"), word):
			return answer.DNI
		case slices.Contains(strings.Fields("phone telefono fono tel telephone celular cel movil mobile whatsapp"), word):
			return answer.Phone
		}
	}
	return ""
}

// Body is the body of a response with everything replaced that was learned. Names of one word stay where
// they are keys.
func (b *Book) Body(body string) string {
	b.close()
	changed, ok := walk([]byte(body), func(v visit) string {
		if v.isKey && len(wordsOf(v.text)) == 1 && strings.Trim(v.text, "0123456789") != "" && !strings.ContainsAny(v.text, "0123456789@") {
			return v.text
		}
		if v.number {
			return b.figure(v.text)
		}
		return b.Text(v.text)
	})
	if !ok {
		return b.Text(body)
	}
	return string(changed)
}

// figure is a number of JSON with what was learned replaced, as long as it stays a number.
func (b *Book) figure(literal string) string {
	if strings.ContainsAny(literal, "eE") {
		return literal
	}
	if with := b.replace(literal); json.Valid([]byte(with)) {
		return with
	}
	return literal
}
