package api_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
)

var update = flag.Bool("update", false, "write the golden files anew")

// postmanFile is the collection, for people who try the API out with Postman.
const postmanFile = "../docs/chattigo.postman_collection.json"

func TestThePostmanCollectionIsMadeFromTheOpenAPIDocument(t *testing.T) {
	text, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	document, err := readOrdered(text)
	require.NoError(t, err)
	made, err := newPostman(readDocument(t), document).collection()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(postmanFile, made, 0o600))
	}
	kept, err := os.ReadFile(postmanFile)
	require.NoError(t, err)
	require.Equal(t, string(kept), string(made), "write it anew with: go test ./api -run Postman -update")
}

// Each request of the collection is sent as Postman would send it.
func TestTheServiceUnderstandsEveryRequestOfThePostmanCollection(t *testing.T) {
	f := setUp(t)
	text, err := os.ReadFile(postmanFile)
	require.NoError(t, err)
	var kept collection
	require.NoError(t, json.Unmarshal(text, &kept))
	variables := map[string]string{
		"username": "isv", "password": password, "waId": waID, "phoneNumberId": phoneNumberID, "$guid": "g", "$timestamp": "1773144000",
	}
	var sent []string
	for _, folder := range kept.Folders {
		for _, item := range folder.Items {
			response := item.Request.send(t, f, kept, variables)
			// The document's conversations, messages and keys are not there.
			require.Contains(t, []int{200, 400, 404, 409}, response.Code, "%s: %s", item.Name, response.Body)
			require.True(t, response.Code != 400 || strings.Contains(response.Body.String(), "does not exist"), "%s: %s", item.Name, response.Body)
			require.NotEqual(t, `{"message":"there is no such route"}`, response.Body.String(), item.Name)
			sent = append(sent, item.Request.Method+" /"+strings.Join(item.Request.URL.Path, "/"))
			if len(sent) == 1 {
				require.Equal(t, "POST /login", sent[0])
				require.Contains(t, item.Events[0].Script.Lines[1], "pm.collectionVariables.set('token', pm.response.json().access_token)")
				var token struct {
					AccessToken string `json:"access_token"`
				}
				require.NoError(t, json.Unmarshal(response.Body.Bytes(), &token))
				variables["token"] = token.AccessToken
			}
		}
	}
	var routes []string
	for _, rt := range api.Routes() {
		routes = append(routes, rt.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(rt.Path))
	}
	require.ElementsMatch(t, routes, sent)
}

// send sends a request with the variables of the collection in their places.
func (r postmanRequest) send(t *testing.T, f *fixture, of collection, variables map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	fill := func(text string) string {
		for name, value := range variables {
			text = strings.ReplaceAll(text, "{{"+name+"}}", value)
		}
		require.NotContains(t, text, "{{")
		return text
	}
	path := strings.TrimPrefix(r.URL.Raw, "{{baseUrl}}")
	for _, part := range r.URL.Variables {
		path = strings.ReplaceAll(path, ":"+part.Key, part.Value)
	}
	with := headers{}
	if r.Auth == nil {
		require.Equal(t, "bearer", of.Auth.Type)
		with["Authorization"] = "Bearer " + fill(of.Auth.Bearer[0].Value)
	}
	for _, header := range r.Headers {
		with[header.Key] = fill(header.Value)
	}
	body := ""
	if r.Body != nil {
		body = fill(r.Body.Raw)
	}
	return f.do(t, r.Method, fill(path), with, strings.NewReader(body))
}

// postman makes the collection from the document.
type postman struct {
	contract *contract
	// document has the order in which it is written.
	document ordered
}

func newPostman(c *contract, document ordered) postman { return postman{c, document} }

// variable puts variables of the collection, and values that Postman makes anew for each request, in the places
// of the document's examples: a message with the id of one before is that one.
var variable = strings.NewReplacer(
	"56911110000", "{{waId}}", "123456789012345", "{{phoneNumberId}}",
	"wamid.HBgLNTY5MjIyMjAwMDEVAgASGBQzQTdC", "wamid.{{$guid}}", "1773144000", "{{$timestamp}}",
	"0b6f2f0e-5d5c-4d47-9a4e-2c9d7f5b1a33", "{{$guid}}",
)

func (p postman) collection() ([]byte, error) {
	root := p.contract.root
	made := collection{
		Info: collectionInfo{
			root.get("info", "title").text(), root.get("info", "description").text(), "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
		},
		Auth: collectionAuth{"bearer", []postmanPair{{Key: "token", Value: "{{token}}", Type: "string"}}},
		Variables: []postmanPair{
			{Key: "baseUrl", Value: "https://api.example.com", Description: "Of the service, without a slash at the end"},
			{Key: "username", Value: "acme"},
			{Key: "password"},
			{Key: "token", Description: "POST /login sets it"},
			{Key: "waId", Value: "56911110000", Description: "The channel"},
			{Key: "phoneNumberId", Value: "123456789012345", Description: "Meta's id of the number"},
		},
	}
	for _, tag := range root.get("tags").parts() {
		folder := collectionFolder{Name: tag.get("name").text(), Description: tag.get("description").text()}
		for _, o := range p.tagged(folder.Name) {
			folder.Items = append(folder.Items, p.item(o))
		}
		made.Folders = append(made.Folders, folder)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(made)
	return text.Bytes(), err
}

// tagged are the operations with a tag, in the order of the document.
func (p postman) tagged(tag string) []operation {
	var all []operation
	for _, o := range p.contract.operations {
		if o.get("tags", "0").text() == tag {
			all = append(all, o)
		}
	}
	paths := p.document.get("paths")
	slices.SortFunc(all, func(a, b operation) int {
		methods := paths.get(a.path).keys()
		return cmp.Or(
			slices.Index(paths.keys(), a.path)-slices.Index(paths.keys(), b.path),
			slices.Index(methods, strings.ToLower(a.method))-slices.Index(methods, strings.ToLower(b.method)),
		)
	})
	return all
}

func (p postman) item(o operation) collectionItem {
	item := collectionItem{Name: o.get("summary").text(), Request: p.request(o), Responses: []postmanResponse{}}
	if o.get("operationId").text() == "login" {
		item.Request.Body.Raw = "{\n  \"username\": \"{{username}}\",\n  \"password\": \"{{password}}\"\n}"
		item.Events = []postmanEvent{{"test", postmanScript{"text/javascript", []string{
			"if (pm.response.code === 200) {", "  pm.collectionVariables.set('token', pm.response.json().access_token)", "}",
		}}}}
	}
	for _, status := range []string{"200", "202"} {
		media := o.get("responses", status, "content", "application/json")
		for _, name := range p.document.at(media.get("examples")).keys() {
			code := http.StatusOK
			if status == "202" {
				code = http.StatusAccepted
			}
			item.Responses = append(item.Responses, postmanResponse{
				Name: name, Original: item.Request, Code: code, Headers: []postmanPair{{Key: "Content-Type", Value: "application/json; charset=utf-8"}},
				Body: p.document.at(media.get("examples", name, "value")).json(), Preview: "json",
			})
		}
	}
	return item
}

func (p postman) request(o operation) postmanRequest {
	r := postmanRequest{Method: o.method, Headers: []postmanPair{}, URL: p.url(o), Description: o.get("description").text()}
	if o.isOpen() {
		r.Auth = &collectionAuth{Type: "noauth"}
	}
	for _, parameter := range o.parameters("header") {
		r.Headers = append(r.Headers, pairOf(parameter))
	}
	content := o.get("requestBody", "content")
	for _, media := range []string{"application/yaml", "application/json"} {
		examples := content.get(media, "examples")
		if !examples.exists() {
			continue
		}
		value := p.document.at(examples.get(p.document.at(examples).keys()[0], "value"))
		r.Headers = append(r.Headers, postmanPair{Key: "Content-Type", Value: media})
		r.Body = &postmanBody{Mode: "raw", Raw: variable.Replace(value.text())}
		if media == "application/json" {
			r.Body.Raw = variable.Replace(value.json())
			r.Body.Options = map[string]map[string]string{"raw": {"language": "json"}}
		}
		break
	}
	return r
}

func (p postman) url(o operation) postmanURL {
	path := strings.NewReplacer("{", ":", "}", "").Replace(o.path)
	u := postmanURL{Host: []string{"{{baseUrl}}"}, Path: strings.Split(strings.TrimPrefix(path, "/"), "/")}
	for _, parameter := range o.parameters("path") {
		u.Variables = append(u.Variables, pairOf(parameter))
	}
	var sent []string
	for _, parameter := range o.parameters("query") {
		pair := pairOf(parameter)
		if pair.Disabled = !parameter.get("required").isTrue(); !pair.Disabled {
			sent = append(sent, pair.Key+"="+pair.Value)
		}
		u.Query = append(u.Query, pair)
	}
	u.Raw = "{{baseUrl}}" + path
	if len(sent) > 0 {
		u.Raw += "?" + strings.Join(sent, "&")
	}
	return u
}

// pairOf is a parameter with its example, or else what is sent without it.
func pairOf(parameter node) postmanPair {
	value := parameter.get("example").text()
	if value == "" {
		if otherwise := parameter.get("schema", "default"); otherwise.exists() {
			value = strings.Trim(string(mustJSON(otherwise.value)), `"`)
		}
	}
	return postmanPair{Key: parameter.get("name").text(), Value: variable.Replace(value), Description: parameter.get("description").text()}
}

func mustJSON(value any) []byte {
	text, _ := json.Marshal(value) // what was read from JSON can be written
	return text
}
