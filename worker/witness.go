package worker

import (
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// witness records how far the workflow's code came in a replay, which the SDK's errors do not say.
type witness struct {
	interceptor.WorkerInterceptorBase
	begun, ended bool
	// info is the run's, set once it has begun. The SDK keeps it up to date.
	info *workflow.Info
	// returned is the error with which the code ended.
	returned error
}

// InterceptWorkflow is called by the SDK for each run.
func (w *witness) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, w}
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	witness *witness
}

// ExecuteWorkflow is called with the decoded input.
func (i *inbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	i.witness.begun, i.witness.info = true, workflow.GetInfo(ctx)
	result, err := i.Next.ExecuteWorkflow(ctx, in)
	i.witness.ended, i.witness.returned = true, err
	return result, err
}
