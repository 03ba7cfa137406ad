package api

import (
	"context"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/workflows"
)

// Temporal fails a workflow task during which 2 MiB of signals come, and delays the next attempt
// longer each time; signals go on filling the run meanwhile, until it is terminated at 50 MiB. So
// one conversation is not signalled faster than its workflow can process messages.
const (
	// paceBurst is in bytes, paceRate in bytes a second, for each process. With three API processes
	// 1.5 MiB may come at once; 1,000 ordinary messages are about 1 MB.
	paceBurst = 512 << 10
	paceRate  = 512 << 10
	// paceAge is longer than an empty limiter takes to be full again.
	paceAge  = time.Minute
	maxPaces = 10_000
)

// pace waits until a conversation may be signalled with so many bytes. It returns an error at once if
// that will not be within the context's deadline: the ISV sends the POST again.
func (c *conversations) pace(ctx context.Context, workflowID string, bytes int) error {
	if err := c.paces.get(workflowID).WaitN(ctx, min(bytes, paceBurst)); err != nil {
		return fmt.Errorf("the conversation gets more than it can take: %w", err)
	}
	return nil
}

// sizeOf returns about how large an envelope is, in bytes.
func sizeOf(envelope workflows.Envelope) int {
	n := envelopeFrame
	for _, m := range envelope.Messages {
		n += len(m.Message) + len(m.ID) + len(m.Name) + len(m.Type)
	}
	return n
}
