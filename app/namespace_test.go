package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
)

// server is a namespace, as far as setting it up asks for it.
type server struct {
	client.Client
	retention                    time.Duration
	attributes                   map[string]enumspb.IndexedValueType
	describe, update, list, adds error
	register                     error
	// count is the answer to the question for one attribute.
	count map[string]error
	// changes are what was asked to be changed.
	changes []string
}

// The two services have methods of the same names, so each is a type of its own.
type (
	workflowService struct {
		workflowservice.WorkflowServiceClient
		server *server
	}
	operatorService struct {
		operatorservice.OperatorServiceClient
		server *server
	}
)

func (s *server) WorkflowService() workflowservice.WorkflowServiceClient {
	return workflowService{server: s}
}

func (s *server) OperatorService() operatorservice.OperatorServiceClient {
	return operatorService{server: s}
}

func (s workflowService) DescribeNamespace(context.Context, *workflowservice.DescribeNamespaceRequest, ...grpc.CallOption) (*workflowservice.DescribeNamespaceResponse, error) {
	return &workflowservice.DescribeNamespaceResponse{Config: &namespacepb.NamespaceConfig{
		WorkflowExecutionRetentionTtl: durationpb.New(s.server.retention),
	}}, s.server.describe
}

func (s workflowService) RegisterNamespace(_ context.Context, r *workflowservice.RegisterNamespaceRequest, _ ...grpc.CallOption) (*workflowservice.RegisterNamespaceResponse, error) {
	s.server.changes = append(s.server.changes, "namespace "+r.GetNamespace()+" "+r.GetWorkflowExecutionRetentionPeriod().AsDuration().String())
	return nil, s.server.register
}

func (s workflowService) UpdateNamespace(_ context.Context, r *workflowservice.UpdateNamespaceRequest, _ ...grpc.CallOption) (*workflowservice.UpdateNamespaceResponse, error) {
	s.server.changes = append(s.server.changes, "retention "+r.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration().String())
	return nil, s.server.update
}

func (s operatorService) ListSearchAttributes(context.Context, *operatorservice.ListSearchAttributesRequest, ...grpc.CallOption) (*operatorservice.ListSearchAttributesResponse, error) {
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: s.server.attributes}, s.server.list
}

func (s operatorService) AddSearchAttributes(_ context.Context, r *operatorservice.AddSearchAttributesRequest, _ ...grpc.CallOption) (*operatorservice.AddSearchAttributesResponse, error) {
	for _, name := range []string{"ChattigoWaId", "ChattigoContact", "ChattigoBot", "ChattigoStatus"} {
		if as, ok := r.GetSearchAttributes()[name]; ok {
			s.server.changes = append(s.server.changes, name+" "+as.String())
		}
	}
	return nil, s.server.adds
}

func (s *server) CountWorkflow(_ context.Context, r *workflowservice.CountWorkflowExecutionsRequest) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	return nil, s.count[r.GetQuery()]
}

func keywords(names ...string) map[string]enumspb.IndexedValueType {
	all := make(map[string]enumspb.IndexedValueType)
	for _, name := range names {
		all[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	return all
}

func (s *server) temporal() *Temporal { return &Temporal{s, "talk", "temporal:7233"} }

func TestANamespaceThatHasEverythingIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := &server{retention: 30 * 24 * time.Hour, attributes: keywords("ChattigoWaId", "ChattigoContact", "ChattigoBot", "ChattigoStatus", "Theirs")}
	needs, err := s.temporal().SetUpNamespace(t.Context())
	require.NoError(t, err)
	require.Empty(t, s.changes)
	require.Equal(t, []Need{
		{"retention", NeedMet, "30 days"},
		{"ChattigoWaId", NeedMet, "Keyword"},
		{"ChattigoContact", NeedMet, "Keyword"},
		{"ChattigoBot", NeedMet, "Keyword"},
		{"ChattigoStatus", NeedMet, "Keyword"},
	}, needs)
}

func TestOnlyWhatIsMissingIsAdded(t *testing.T) {
	t.Parallel()
	s := &server{retention: 36 * time.Hour, attributes: keywords("ChattigoWaId", "ChattigoBot")}
	before, err := s.temporal().CheckNamespace(t.Context())
	require.NoError(t, err)
	require.Empty(t, s.changes, "a check changes nothing")
	require.Equal(t, []Need{
		{"retention", NeedMissing, "36h0m0s, has to be at least 7 days"},
		{"ChattigoWaId", NeedMet, "Keyword"},
		{"ChattigoContact", NeedMissing, "Keyword"},
		{"ChattigoBot", NeedMet, "Keyword"},
		{"ChattigoStatus", NeedMissing, "Keyword"},
	}, before)
	needs, err := s.temporal().SetUpNamespace(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"retention 168h0m0s", "ChattigoContact Keyword", "ChattigoStatus Keyword"}, s.changes)
	require.Equal(t, []Need{
		{"retention", NeedDone, "7 days"},
		{"ChattigoWaId", NeedMet, "Keyword"},
		{"ChattigoContact", NeedDone, "Keyword"},
		{"ChattigoBot", NeedMet, "Keyword"},
		{"ChattigoStatus", NeedDone, "Keyword"},
	}, needs)
}

// Whatever the server refuses, the rest is done, and a person reads what to do about it.
func TestRefusalsSayWhatToAskFor(t *testing.T) {
	t.Parallel()
	denied := serviceerror.NewPermissionDenied("Request unauthorized.", "")
	three := keywords("ChattigoWaId", "ChattigoContact", "ChattigoStatus")
	text := keywords("ChattigoWaId", "ChattigoContact", "ChattigoStatus")
	text["ChattigoBot"] = enumspb.INDEXED_VALUE_TYPE_TEXT
	week := 7 * 24 * time.Hour
	tests := []struct {
		name    string
		server  server
		message string
		changes []string
	}{
		{
			"no namespace",
			server{describe: serviceerror.NewNamespaceNotFound("talk")},
			"there is no namespace talk at temporal:7233; make it first: chattigo temporal setup --create, or temporal operator namespace create --namespace talk --retention 168h (Temporal Cloud: in the web console)", nil,
		},
		{"may not look", server{describe: denied}, "this login may not read namespace talk at temporal:7233: Request unauthorized.", nil},
		{
			"may not raise the retention",
			server{update: denied, attributes: three},
			"the server does not let this login raise the retention of namespace talk at temporal:7233; ask its administrator for: " +
				"temporal operator namespace update --namespace talk --retention 168h (Temporal Cloud: tcld namespace retention set --namespace talk --retention-days 7, or its web console)",
			[]string{"retention 168h0m0s", "ChattigoBot Keyword"},
		},
		{
			"may not add",
			server{retention: week, adds: denied},
			"the server does not let this login add search attributes of namespace talk at temporal:7233; ask its administrator for: " +
				"temporal operator search-attribute create --namespace talk --name ChattigoWaId --type Keyword --name ChattigoContact --type Keyword --name ChattigoBot --type Keyword --name ChattigoStatus --type Keyword " +
				"(Temporal Cloud: tcld namespace search-attributes add --namespace talk --search-attribute ChattigoWaId=Keyword --search-attribute ChattigoContact=Keyword --search-attribute ChattigoBot=Keyword --search-attribute ChattigoStatus=Keyword, or its web console)",
			[]string{"ChattigoWaId Keyword", "ChattigoContact Keyword", "ChattigoBot Keyword", "ChattigoStatus Keyword"},
		},
		{
			"another type",
			server{attributes: text},
			"in namespace talk at temporal:7233 the search attribute ChattigoBot is Text, has to be Keyword: rename or remove it if nothing else uses it, or take another namespace",
			[]string{"retention 168h0m0s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.server.temporal().SetUpNamespace(t.Context())
			require.EqualError(t, err, tt.message)
			require.Equal(t, tt.changes, tt.server.changes)
		})
	}
}

// Temporal Cloud has no operator service, and a login of the service need not be let near it.
func TestWhoMayNotListAsksByName(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{serviceerror.NewPermissionDenied("no", ""), serviceerror.NewUnimplemented("unknown service")} {
		s := &server{retention: 7 * 24 * time.Hour, list: refusal, count: map[string]error{
			`ChattigoBot = "-"`: serviceerror.NewInvalidArgument("invalid query"),
		}}
		needs, err := s.temporal().CheckNamespace(t.Context())
		require.NoError(t, err)
		require.Equal(t, Need{"ChattigoWaId", NeedMet, "is there; this login may not see its type"}, needs[1])
		require.Equal(t, Need{"ChattigoBot", NeedMissing, "Keyword"}, needs[3])
		require.False(t, needs[3].Met())

		s.count[`ChattigoStatus = "-"`] = errors.New("down")
		_, err = s.temporal().CheckNamespace(t.Context())
		require.EqualError(t, err, "look for the search attribute ChattigoStatus in namespace talk at temporal:7233: down")
	}
}
