package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// sealKeyBytes is the length of a key for AES-256.
const sealKeyBytes = 32

// SealKeys returns the keys that seal channels' secrets and webhook keys: the current one first, then
// the older ones. There may be none for a command that needs only the database. Settings from [Load] give no error.
func (c Config) SealKeys() ([][]byte, error) {
	keys, problems := c.readSealKeys()
	found := &Problems{}
	found.add(problems...)
	return keys, found.err()
}

func (c Config) readSealKeys() (keys [][]byte, found []Problem) {
	read := func(variable string, texts ...string) {
		for _, text := range texts {
			key, err := sealKey(strings.TrimSpace(text))
			if err != nil {
				found = append(found, Problem{variable, err.Error()})
				continue
			}
			keys = append(keys, key)
		}
	}
	if c.SecretKey != "" {
		read("CHATTIGO_SECRET_KEY", string(c.SecretKey))
	}
	read("CHATTIGO_SECRET_KEYS_OLD", c.oldSecretKeys()...)
	return keys, found
}

// OldTokenKeys returns the keys of CHATTIGO_TOKEN_KEYS_OLD.
func (c Config) OldTokenKeys() [][]byte {
	var keys [][]byte
	for _, text := range c.oldTokenKeys() {
		keys = append(keys, []byte(text))
	}
	return keys
}

func (c Config) oldTokenKeys() []string { return splitKeys(c.TokenKeysOld) }

func (c Config) oldSecretKeys() []string { return splitKeys(c.SecretKeysOld) }

// splitKeys reads a list of keys separated by commas.
func splitKeys(list Secret) []string {
	if list == "" {
		return nil
	}
	keys := strings.Split(string(list), ",")
	for i := range keys {
		keys[i] = strings.TrimSpace(keys[i])
	}
	return keys
}

// oldTokenKeyProblems checks the further keys of tokens, as keyProblems does the one that signs.
func (c Config) oldTokenKeyProblems() []Problem {
	for _, key := range c.oldTokenKeys() {
		switch {
		case len(key) < minKeyBytes:
			return []Problem{{"CHATTIGO_TOKEN_KEYS_OLD", fmt.Sprintf("must hold keys of at least %d bytes each, separated by commas; one has %d", minKeyBytes, len(key))}}
		case isJoined(key):
			return []Problem{{"CHATTIGO_TOKEN_KEYS_OLD", "must have commas between its keys, not white space or semicolons"}}
		case sameKey(Secret(key), c.IDKey), sameKey(Secret(key), c.SecretKey):
			return []Problem{{"CHATTIGO_TOKEN_KEYS_OLD", "must not hold another key"}}
		}
	}
	return nil
}

// sealKey reads 32 bytes of hex, or of base64 in any of its alphabets, padded or not. The error
// continues a sentence that begins with the variable's name; it holds nothing of the key.
func sealKey(text string) ([]byte, error) {
	if key, err := hex.DecodeString(text); err == nil && len(key) == sealKeyBytes {
		return key, nil
	}
	if key, err := decodeBase64(text); err == nil && len(key) == sealKeyBytes {
		return key, nil
	}
	return nil, fmt.Errorf("must be %d bytes as hex or base64 (openssl rand -hex %d makes some)", sealKeyBytes, sealKeyBytes)
}

// sealKeyProblems checks the form of keys; keyProblems demands one of a server.
func (c Config) sealKeyProblems() []Problem {
	_, found := c.readSealKeys()
	switch {
	case c.SecretKey == "" && c.SecretKeysOld != "" && !c.IsDev():
		found = append(found, Problem{"CHATTIGO_SECRET_KEY", "must be set where CHATTIGO_SECRET_KEYS_OLD is"})
	case sameKey(c.SecretKey, c.IDKey), sameKey(c.SecretKey, c.TokenKey):
		found = append(found, Problem{"CHATTIGO_SECRET_KEY", "must not be the same as another key"})
	}
	return found
}

// NAT64 returns the prefix of CHATTIGO_NAT64_PREFIX; an invalid one if it is not set. The error continues
// a sentence that begins with the variable's name.
func (c Config) NAT64() (netip.Prefix, error) {
	if c.NAT64Prefix == "" {
		return netip.Prefix{}, nil
	}
	prefix, err := netip.ParsePrefix(c.NAT64Prefix)
	if err != nil || !prefix.Addr().Is6() || prefix.Bits() != 96 {
		return netip.Prefix{}, errors.New("must be an IPv6 prefix of length 96, such as 64:ff9b::/96")
	}
	return prefix, nil
}
