package cluster

import (
	"fmt"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	schematool "go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// Names of the databases, as the server's own image has them.
const (
	postgresDefault    = "temporal"
	postgresVisibility = "temporal_visibility"
)

// Connections of the server's pools. Each of its four services has a pool of its own for each of the two
// databases, so that all take up to four times both. These are the defaults of the server's image.
const (
	defaultConnections    = 20
	visibilityConnections = 10
)

// postgresShards cannot be changed once the databases are made.
const postgresShards = 4

// Postgres is a PostgreSQL server, where the cluster has the databases temporal and temporal_visibility.
// They are made when missing.
type Postgres struct {
	// Addr is host:port. The connection is not encrypted.
	Addr string
	// User may create databases.
	User     string
	Password string
}

func (p *Postgres) persistence() config.Persistence {
	return config.Persistence{
		DefaultStore:     postgresDefault,
		VisibilityStore:  postgresVisibility,
		NumHistoryShards: postgresShards,
		DataStores: map[string]config.DataStore{
			postgresDefault:    {SQL: p.database(postgresDefault, defaultConnections)},
			postgresVisibility: {SQL: p.database(postgresVisibility, visibilityConnections)},
		},
	}
}

func (p *Postgres) database(name string, connections int) *config.SQL {
	return &config.SQL{
		// This driver prepares its statements, the other one has each parsed again.
		PluginName:      postgresql.PluginNamePGX,
		ConnectProtocol: "tcp",
		ConnectAddr:     p.Addr,
		User:            p.User,
		Password:        p.Password,
		DatabaseName:    name,
		MaxConns:        connections,
		MaxIdleConns:    connections,
	}
}

// setUpSchema does what the server's own tool does, temporal-sql-tool: it makes the databases, and brings
// their tables to the version of this server. A start that was cut short is completed by the next one.
func (p *Postgres) setUpSchema(logger log.Logger) error {
	for name, schema := range map[string]string{
		postgresDefault: "postgresql/v12/temporal", postgresVisibility: "postgresql/v12/visibility",
	} {
		if err := sqltool.DoCreateDatabase(p.database(name, 1), "postgres", logger); err != nil {
			return fmt.Errorf("create the database %s: %w", name, err)
		}
		if err := p.updateSchema(name, schema, logger); err != nil {
			return fmt.Errorf("create the tables of the database %s: %w", name, err)
		}
	}
	return nil
}

func (p *Postgres) updateSchema(name, schema string, logger log.Logger) error {
	connection, err := sqltool.NewConnection(p.database(name, 1), logger)
	if err != nil {
		return err
	}
	defer connection.Close()
	setup := &schematool.SetupConfig{InitialVersion: "0.0"}
	if err := schematool.NewSetupSchemaTask(connection, setup, logger).Run(); err != nil {
		return err
	}
	return schematool.NewUpdateSchemaTask(connection, &schematool.UpdateConfig{SchemaName: schema}, logger).Run()
}
