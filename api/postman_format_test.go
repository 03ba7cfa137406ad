package api_test

// The structs of a collection are those of Postman's format 2.1, as far as they are needed.
type collection struct {
	Info      collectionInfo     `json:"info"`
	Auth      collectionAuth     `json:"auth"`
	Variables []postmanPair      `json:"variable"`
	Folders   []collectionFolder `json:"item"`
}

type collectionInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Schema      string `json:"schema"`
}

type collectionAuth struct {
	Type   string        `json:"type"`
	Bearer []postmanPair `json:"bearer,omitempty"`
}

type postmanPair struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
}

type collectionFolder struct {
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Items       []collectionItem `json:"item"`
}

type collectionItem struct {
	Name      string            `json:"name"`
	Events    []postmanEvent    `json:"event,omitempty"`
	Request   postmanRequest    `json:"request"`
	Responses []postmanResponse `json:"response"`
}

type postmanEvent struct {
	Listen string        `json:"listen"`
	Script postmanScript `json:"script"`
}

type postmanScript struct {
	Type  string   `json:"type"`
	Lines []string `json:"exec"`
}

type postmanRequest struct {
	Method      string          `json:"method"`
	Auth        *collectionAuth `json:"auth,omitempty"`
	Headers     []postmanPair   `json:"header"`
	Body        *postmanBody    `json:"body,omitempty"`
	URL         postmanURL      `json:"url"`
	Description string          `json:"description,omitempty"`
}

type postmanBody struct {
	Mode    string                       `json:"mode"`
	Raw     string                       `json:"raw"`
	Options map[string]map[string]string `json:"options,omitempty"`
}

type postmanURL struct {
	Raw       string        `json:"raw"`
	Host      []string      `json:"host"`
	Path      []string      `json:"path"`
	Query     []postmanPair `json:"query,omitempty"`
	Variables []postmanPair `json:"variable,omitempty"`
}

type postmanResponse struct {
	Name     string         `json:"name"`
	Original postmanRequest `json:"originalRequest"`
	Code     int            `json:"code"`
	Headers  []postmanPair  `json:"header"`
	Body     string         `json:"body"`
	Preview  string         `json:"_postman_previewlanguage"`
}
