package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/server/common/config"
	temporalschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/chattigo/api-isv/workflows"
)

// createNamespace writes the namespace into the database before the server starts: one that is created
// through the API cannot be used until the server's caches have it.
func createNamespace(kept config.Persistence, name string) error {
	attributes := make(map[string]enumspb.IndexedValueType)
	for _, attribute := range workflows.SearchAttributes() {
		attributes[attribute] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	namespace, err := temporalschema.NewNamespaceConfig(clusterName, name, false, attributes)
	if err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	namespace.Detail.Config.Retention = durationpb.New(retention)
	store := kept.DataStores[kept.DefaultStore].SQL
	// Of the package for SQLite, this function alone works on every SQL database.
	if err := temporalschema.CreateNamespaces(store, namespace); err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return nil
}

// awaitReady waits until the frontend answers, then brings a namespace of an earlier
// start up to date.
func (c *Cluster) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	connection, err := client.DialContext(ctx, client.Options{
		HostPort:  c.addr.String(),
		Namespace: c.namespace,
		Logger:    log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("the frontend does not answer: %w", err)
	}
	defer connection.Close()
	if err := c.keepLongEnough(ctx, connection); err != nil {
		return fmt.Errorf("retention of namespace %s: %w", c.namespace, err)
	}
	if err := c.addMissingAttributes(ctx, connection); err != nil {
		return fmt.Errorf("search attributes of namespace %s: %w", c.namespace, err)
	}
	return nil
}

func (c *Cluster) keepLongEnough(ctx context.Context, connection client.Client) error {
	described, err := connection.WorkflowService().DescribeNamespace(ctx,
		&workflowservice.DescribeNamespaceRequest{Namespace: c.namespace})
	if err != nil {
		return err
	}
	if described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() >= retention {
		return nil
	}
	_, err = connection.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: c.namespace,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
	})
	return err
}

func (c *Cluster) addMissingAttributes(ctx context.Context, connection client.Client) error {
	missing, err := c.missingAttributes(ctx, connection)
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = connection.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace:        c.namespace,
		SearchAttributes: missing,
	})
	if err != nil {
		return err
	}
	return c.awaitAttributes(ctx, connection)
}

func (c *Cluster) missingAttributes(ctx context.Context, connection client.Client) (map[string]enumspb.IndexedValueType, error) {
	listed, err := connection.OperatorService().ListSearchAttributes(ctx,
		&operatorservice.ListSearchAttributesRequest{Namespace: c.namespace})
	if err != nil {
		return nil, err
	}
	missing := make(map[string]enumspb.IndexedValueType)
	for _, name := range workflows.SearchAttributes() {
		if _, ok := listed.GetCustomAttributes()[name]; !ok {
			missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	return missing, nil
}

// awaitAttributes asks for workflows by all attributes until the frontend does not refuse them: its cache
// of namespaces is read anew every few seconds.
func (c *Cluster) awaitAttributes(ctx context.Context, connection client.Client) error {
	query := workflows.QueryNaming(workflows.SearchAttributes()...)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := connection.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: c.namespace, Query: query})
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}
