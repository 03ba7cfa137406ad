package config

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keysFile is the file of the data directory that keeps a developer's keys.
const keysFile = "keys.json"

// keys is the content of keysFile.
type keys struct {
	TokenKey string `json:"tokenKey"`
	IDKey    string `json:"idKey"`
	// SecretKey is missing in a file that is older than it; see readKeys.
	SecretKey string `json:"secretKey"`
}

// EnsureKeys returns the settings with all keys set: those of the environment, else
// those that were made on an earlier start and kept in the data directory (mode 0600),
// else new ones. It is for dev; in production keys come from the environment alone.
func (c Config) EnsureKeys() (Config, error) {
	if !c.IsDev() {
		return c, errors.New("keys are made only in dev; production takes them from CHATTIGO_TOKEN_KEY, CHATTIGO_ID_KEY and CHATTIGO_SECRET_KEY")
	}
	if c.TokenKey != "" && c.IDKey != "" && c.SecretKey != "" {
		return c, nil
	}
	kept, err := loadOrMakeKeys(c.DataDir)
	if err != nil {
		return c, fmt.Errorf("keys of the data directory: %w", err)
	}
	if c.TokenKey == "" {
		c.TokenKey = Secret(kept.TokenKey)
	}
	if c.IDKey == "" {
		c.IDKey = Secret(kept.IDKey)
	}
	if c.SecretKey == "" {
		c.SecretKey = Secret(kept.SecretKey)
	}
	return c, nil
}

// loadOrMakeKeys reads the keys file, and makes it when it is missing. When two
// processes make it at once, both end up with the same one.
func loadOrMakeKeys(dir string) (keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return keys{}, err
	}
	path := filepath.Join(dir, keysFile)
	kept, err := readKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return kept, err
	}
	if err := writeKeys(dir, path, keys{TokenKey: randomKey(), IDKey: randomKey(), SecretKey: randomKey()}); err != nil {
		return keys{}, err
	}
	return readKeys(path)
}

// readKeys also reads files of before there was a SecretKey. Theirs derives from the IDKey, which
// never changes: so it is the same on every start, and the file is left alone.
func readKeys(path string) (keys, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return keys{}, err
	}
	var kept keys
	if err := json.Unmarshal(data, &kept); err != nil {
		return keys{}, fmt.Errorf("%s is not readable as JSON: %w", path, err)
	}
	if len(kept.TokenKey) < minKeyBytes || len(kept.IDKey) < minKeyBytes {
		return keys{}, fmt.Errorf("%s holds keys of less than %d bytes", path, minKeyBytes)
	}
	if kept.SecretKey == "" {
		derived := hmac.New(sha256.New, []byte(kept.IDKey))
		_, _ = derived.Write([]byte("secretKey")) // never fails
		kept.SecretKey = hex.EncodeToString(derived.Sum(nil))
	}
	if _, err := sealKey(kept.SecretKey); err != nil {
		return keys{}, fmt.Errorf("secretKey in %s %w", path, err)
	}
	return kept, nil
}

// writeKeys writes beside the file and links it into place, so that nobody reads half
// of it and nobody replaces keys that are in use.
func writeKeys(dir, path string, fresh keys) error {
	data, err := json.Marshal(fresh)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, keysFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // a leftover harms nobody
	_, writeErr := file.Write(append(data, '\n'))
	if err := errors.Join(writeErr, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func randomKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}
