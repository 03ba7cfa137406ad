package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5/static"
)

// The page at /docs shows openapi.yaml with Swagger UI, whose files come with a Go module: it works without
// any other server.

//go:embed docs
var docsPage embed.FS

const (
	// docsPolicy lets the page load what is served here and nothing else: no script or style within it, and
	// it is shown in no other page. Pictures in the style sheet are data.
	docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// docsAge is for how long the page and its files may be kept.
	docsAge = time.Hour
	// maxAsset bounds, in bytes, a file of Swagger UI; the largest has 1.5 MB.
	maxAsset = 8 << 20
)

// asset is a file of the documentation page.
type asset struct {
	contentType string
	// zipped reports whether the text is compressed with gzip.
	zipped bool
	text   []byte
}

// getDocs handles GET /docs.
func (s *server) getDocs(context.Context, *request, struct{}) (asset, error) {
	return readAsset("page.html", "text/html; charset=utf-8", false)
}

// getDocsFile handles GET /docs/{file}.
func (s *server) getDocsFile(_ context.Context, req *request, _ struct{}) (asset, error) {
	var contentType string
	switch req.vars["file"] {
	case "page.js", "swagger-ui-bundle.js":
		contentType = "text/javascript; charset=utf-8"
	case "swagger-ui.css":
		contentType = "text/css; charset=utf-8"
	case "favicon-32x32.png":
		contentType = "image/png"
	default:
		return asset{}, errNoRoute()
	}
	return readAsset(req.vars["file"], contentType, acceptsGzip(req.header))
}

// readAsset reads a file of ours, or of Swagger UI. Most of those are compressed, and are decompressed for a
// caller that does not accept that.
func readAsset(file, contentType string, acceptsGzip bool) (asset, error) {
	found := asset{contentType: contentType}
	var err error
	if found.text, err = docsPage.ReadFile("docs/" + file); err == nil {
		return found, nil
	}
	if found.text, err = static.FS.ReadFile(file); err == nil {
		return found, nil
	}
	if found.text, err = static.FS.ReadFile(file + ".gz"); err != nil {
		return asset{}, fmt.Errorf("read a file of the documentation page: %w", err)
	}
	found.zipped = true
	if !acceptsGzip {
		return found.unzipped()
	}
	return found, nil
}

func (a asset) unzipped() (asset, error) {
	text, err := gzip.NewReader(bytes.NewReader(a.text))
	if err != nil {
		return asset{}, fmt.Errorf("read a file of the documentation page: %w", err)
	}
	a.zipped = false
	a.text, err = io.ReadAll(io.LimitReader(text, maxAsset))
	return a, err
}

// acceptsGzip reports whether a caller names gzip among the encodings that it reads, and does not refuse it.
func acceptsGzip(header http.Header) bool {
	for wanted := range strings.SplitSeq(header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.ReplaceAll(wanted, " ", ""), ";")
		if strings.EqualFold(name, "gzip") {
			weight, err := strconv.ParseFloat(strings.TrimPrefix(quality, "q="), 64)
			return quality == "" || err == nil && weight > 0
		}
	}
	return false
}

func writeAsset(w http.ResponseWriter, a asset) {
	header := w.Header()
	header.Set("Content-Security-Policy", docsPolicy)
	header.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", docsAge/time.Second))
	header.Set("Vary", "Accept-Encoding")
	if a.zipped {
		header.Set("Content-Encoding", "gzip")
	}
	write(w, http.StatusOK, a.contentType, a.text)
}
