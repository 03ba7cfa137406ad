package cluster

import (
	"cmp"
	"net/netip"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"

	"github.com/chattigo/api-isv/devserver/ports"
)

const (
	clusterName = "active"
	loopback    = "127.0.0.1"
	// retention keeps closed conversations for the operators; de-duplication needs none of it.
	retention = 7 * 24 * time.Hour
	// plentyRPS is above what a database on this machine can do: the server's limits protect shared clusters,
	// and here they would only turn a burst of messages into refusals.
	plentyRPS = 100_000
	// plentyQueueReads is how often a second each queue of the shard may be read. Every message
	// is a task in the transfer queue, and every one that comes alone takes a read of its own: at
	// the default of 20, messages that come 20 a second wait for up to 1/20 s to be looked at. The
	// server does some 350 messages a second, with a timer or a visibility record for some, so
	// at 1,000 nothing waits for this limit, and when it did, it would wait for 1 ms.
	plentyQueueReads = 1_000
)

// serverConfig is the whole configuration of a server that lives on loopback ports; only the
// frontend's port is known to others.
func serverConfig(frontend netip.AddrPort, kept config.Persistence) *config.Config {
	disabled := "disabled"
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: readyTimeout, BroadcastAddress: loopback},
		},
		Persistence:         kept,
		ClusterMetadata:     clusterMetadata(frontend),
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            services(frontend),
		Archival: config.Archival{
			History:    config.HistoryArchival{State: disabled},
			Visibility: config.VisibilityArchival{State: disabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: disabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: disabled},
		}},
		PublicClient: config.PublicClient{HostPort: frontend.String()},
	}
}

// persistence keeps everything in one SQLite file. WAL with synchronous=NORMAL is three
// times as fast as SQLite's defaults; what was committed outlives a killed process, but
// not a power cut. One history shard: shards spread load over machines, and there is one.
func persistence(file string) config.Persistence {
	return config.Persistence{
		DefaultStore:     sqlite.PluginName,
		VisibilityStore:  sqlite.PluginName,
		NumHistoryShards: 1,
		DataStores: map[string]config.DataStore{sqlite.PluginName: {SQL: &config.SQL{
			PluginName:   sqlite.PluginName,
			DatabaseName: file,
			ConnectAttributes: map[string]string{
				"mode":         "rwc",
				"journal_mode": "wal",
				"synchronous":  "normal",
			},
		}}},
	}
}

func clusterMetadata(frontend netip.AddrPort) *cluster.Config {
	return &cluster.Config{
		FailoverVersionIncrement: 10,
		MasterClusterName:        clusterName,
		CurrentClusterName:       clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
			Enabled:                true,
			InitialFailoverVersion: 1,
			RPCAddress:             frontend.String(),
		}},
	}
}

func services(frontend netip.AddrPort) map[string]config.Service {
	found := make(map[string]config.Service, len(serviceNames()))
	for _, name := range serviceNames() {
		addr := frontend
		if name != primitives.FrontendService {
			addr = netip.AddrPortFrom(netip.MustParseAddr(loopback), ports.Free())
		}
		found[string(name)] = config.Service{RPC: config.RPC{
			GRPCPort: int(addr.Port()),
			BindOnIP: addr.Addr().String(),
		}}
	}
	return found
}

func serviceNames() []primitives.ServiceName {
	return []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService,
		primitives.MatchingService, primitives.WorkerService,
	}
}

// staticHosts tells each service where the others are, instead of the gossip that a
// cluster of several machines needs.
func staticHosts(settings *config.Config) map[primitives.ServiceName]static.Hosts {
	hosts := make(map[primitives.ServiceName]static.Hosts, len(settings.Services))
	for name, service := range settings.Services {
		addr := netip.AddrPortFrom(netip.MustParseAddr(service.RPC.BindOnIP), uint16(service.RPC.GRPCPort)) //nolint:gosec // it was a uint16
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(addr.String())
	}
	return hosts
}

func dynamicConfig(opts Options, shards int32) dynamicconfig.StaticClient {
	queueReads := cmp.Or(opts.QueueReads, plentyQueueReads)
	queueReadsOfHost := queueReads * int(shards)
	settings := dynamicconfig.StaticClient{
		// One partition: with four a poll may wait at one while the task is in another.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// Accounts share the queues fairly, whoever has most in them.
		dynamicconfig.MatchingEnableFairness.Key(): true,
		// The default of 128,000 open workflows in memory is for a server of its own.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 8096,
		// The UI alone asks a conversation two things at once.
		dynamicconfig.MaxBufferedQueryCount.Key(): 10,
		// A contact may write again in the second in which the last conversation closed.
		dynamicconfig.WorkflowIdReuseMinimalInterval.Key(): time.Duration(0),

		// Of one shard. The limits of the host are what bounds all shards together; unset they would
		// be 0.3 of HistoryPersistenceMaxQPS.
		dynamicconfig.TransferProcessorMaxPollRPS.Key():       queueReads,
		dynamicconfig.TransferProcessorMaxPollHostRPS.Key():   queueReadsOfHost,
		dynamicconfig.TimerProcessorMaxPollRPS.Key():          queueReads,
		dynamicconfig.TimerProcessorMaxPollHostRPS.Key():      queueReadsOfHost,
		dynamicconfig.VisibilityProcessorMaxPollRPS.Key():     queueReads,
		dynamicconfig.VisibilityProcessorMaxPollHostRPS.Key(): queueReadsOfHost,

		dynamicconfig.FrontendRPS.Key():                                                        plentyRPS,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():                                 plentyRPS,
		dynamicconfig.FrontendNamespaceReplicationInducingAPIsRPS.Key():                        plentyRPS,
		dynamicconfig.FrontendMaxNamespaceNamespaceReplicationInducingAPIsRPSPerInstance.Key(): plentyRPS,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():                       plentyRPS,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                                          plentyRPS,
		dynamicconfig.HistoryRPS.Key():                                                         plentyRPS,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                                           plentyRPS,
		dynamicconfig.MatchingRPS.Key():                                                        plentyRPS,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                                          plentyRPS,
		dynamicconfig.WorkerPersistenceMaxQPS.Key():                                            plentyRPS,
	}
	if opts.ContinueAfter > 0 {
		settings[dynamicconfig.HistoryCountSuggestContinueAsNew.Key()] = opts.ContinueAfter
	}
	return settings
}
