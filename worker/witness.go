package worker

import (
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// witness sees whether the workflow's code was reached and whether it came to its end, which
// the SDK's errors do not say.
type witness struct {
	interceptor.WorkerInterceptorBase
	begun, ended bool
	// returned is the error with which it ended.
	returned error
}

// InterceptWorkflow stands before the workflow.
func (w *witness) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, w}
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	witness *witness
}

// ExecuteWorkflow is called with the decoded input.
func (i *inbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	i.witness.begun = true
	result, err := i.Next.ExecuteWorkflow(ctx, in)
	i.witness.ended, i.witness.returned = true, err
	return result, err
}
