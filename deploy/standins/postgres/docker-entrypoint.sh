#!/bin/bash
# Makes the database at the first start, then runs the server. POSTGRES_USER owns everything.
set -euo pipefail

if [[ $(id -u) == 0 ]]; then
	mkdir -p "$PGDATA"
	chown -R postgres:postgres "$PGDATA"
	exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [[ ! -s $PGDATA/PG_VERSION ]]; then
	: "${POSTGRES_PASSWORD:?must be set}"
	user=${POSTGRES_USER:-postgres}
	initdb --username "$user" --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 --auth-local=trust --encoding=UTF8
	echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
	# On its socket only, as the image does while it sets itself up.
	pg_ctl --wait start -o "-c listen_addresses=''"
	if [[ ${POSTGRES_DB:-$user} != postgres ]]; then
		createdb --username "$user" --maintenance-db postgres "${POSTGRES_DB:-$user}"
	fi
	pg_ctl --wait --mode fast stop
fi
exec "$@" -c listen_addresses='*'
