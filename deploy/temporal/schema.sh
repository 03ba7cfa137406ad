#!/bin/sh
# Makes Temporal's databases, or updates them. Each step may be repeated. The tool reads
# host, user and password from SQL_* in its environment.
set -eu

for database in temporal temporal_visibility; do
	case $database in
	temporal) versions=/etc/temporal/schema/postgresql/v12/temporal/versioned ;;
	*) versions=/etc/temporal/schema/postgresql/v12/visibility/versioned ;;
	esac
	temporal-sql-tool --db "$database" create
	temporal-sql-tool --db "$database" setup-schema -v 0.0
	temporal-sql-tool --db "$database" update-schema -d "$versions"
done
