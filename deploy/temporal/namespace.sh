#!/bin/sh
# Makes the namespace, or gives an older one what it lacks. Address and namespace come from
# TEMPORAL_* in the environment. Each step may be repeated.
set -eu

retention=168h

# patiently tries a command for a minute: the server's port opens before the server is
# ready, and a new namespace is known to all its parts only after some seconds.
patiently() {
	attempt=0
	until "$@"; do
		attempt=$((attempt + 1))
		[ "$attempt" -lt 30 ] || return 1
		sleep 2
	done
}

patiently temporal operator cluster health

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
	patiently temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
else
	patiently temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
fi

# Without one of these every start of a conversation fails. What is there already is left.
for attribute in ChattigoWaId ChattigoContact ChattigoBot ChattigoStatus; do
	patiently temporal operator search-attribute create \
		--namespace "$TEMPORAL_NAMESPACE" --name "$attribute" --type Keyword
done
