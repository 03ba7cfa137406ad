// Package config holds every setting of the service: one struct whose tags carry name, default,
// explanation and secrecy. It is loaded once, at the start, from the environment that the caller
// passes, and all problems are reported at once.
//
// It must not import anything of ours. It reads nothing but that environment, except for
// [Config.EnsureKeys], which keeps a developer's keys in the data directory.
//
// Start reading at [Config]; [Load] makes one, [Write] prints it for `chattigo config`.
//
// Connections to a Temporal cluster with TLS or an API key are described by Temporal's
// own TEMPORAL_* variables, which package app reads through the SDK.
package config
