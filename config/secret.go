package config

import "log/slog"

// masked stands for a secret wherever one would be printed.
const masked = "••••••••"

// Secret is a value that prints and logs as dots; [Secret.Bytes] returns it.
type Secret string

// Bytes returns the secret itself.
func (s Secret) Bytes() []byte { return []byte(s) }

// String hides the secret from fmt.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
