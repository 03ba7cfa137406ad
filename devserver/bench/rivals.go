package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/whatsapp"
)

// rivals are the plain way and the floor: an HTTP server that signals workflows with the messages, and a
// worker that runs them, with the slots and pollers of the product's.
type rivals struct {
	temporal client.Client
	hook     string
	http     *http.Client
	server   *http.Server
	listener net.Listener
	workers  []worker.Worker
	// runs are the ids of runs by workflow id, as the paths behind knownRun keep them.
	runs sync.Map
}

const (
	plainQueue = "bench-plain"
	floorQueue = "bench-floor"
	// knownRun before a queue in a path has a workflow's run signalled alone, once it is known.
	knownRun    = "known-run/"
	inboundName = "inbound"
	// rivalSlots is as many as the product's worker has of each kind.
	rivalSlots = 400
	// maxInbound bounds a request, in bytes.
	maxInbound = 1 << 20
)

// told is what a rival's workflow gets: one message.
type told struct{ Contact, Text string }

func startRivals(ctx context.Context, c client.Client, hook string) (*rivals, error) {
	r := &rivals{temporal: c, hook: hook, http: &http.Client{
		Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: rivalSlots},
	}}
	for queue, run := range map[string]func(workflow.Context) error{plainQueue: r.plain, floorQueue: r.floor} {
		w := worker.New(c, queue, worker.Options{
			MaxConcurrentWorkflowTaskExecutionSize:  rivalSlots,
			MaxConcurrentLocalActivityExecutionSize: rivalSlots,
			MaxConcurrentActivityExecutionSize:      rivalSlots,
			WorkflowTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
			ActivityTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		})
		w.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{Name: queue})
		w.RegisterActivity(r)
		if err := w.Start(); err != nil {
			return nil, errors.Join(fmt.Errorf("start the worker of %s: %w", queue, err), r.stop())
		}
		r.workers = append(r.workers, w)
	}
	return r, r.listen(ctx)
}

func (r *rivals) listen(ctx context.Context) (err error) {
	if r.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return errors.Join(err, r.stop())
	}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /"+plainQueue, r.take(plainQueue, r.signalWithStart))
	routes.HandleFunc("POST /"+floorQueue, r.take(floorQueue, r.signalWithStart))
	routes.HandleFunc("POST /"+knownRun+floorQueue, r.take(floorQueue, r.signalRun))
	r.server = &http.Server{Handler: routes, ReadHeaderTimeout: postTimeout}
	go func() { _ = r.server.Serve(r.listener) }() // until stop
	return nil
}

func (r *rivals) stop() error {
	for _, w := range r.workers {
		w.Stop()
	}
	if r.server == nil {
		return nil
	}
	return r.server.Close()
}

func (r *rivals) target(name, path string) *target {
	return newTarget(name, "http://"+r.listener.Addr().String()+"/"+path, "")
}

// signal hands a message to the workflow of its contact.
type signal func(ctx context.Context, queue string, in told) error

// take reads a webhook body as the product does, and signals the workflow of every message's contact.
func (r *rivals) take(queue string, send signal) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if err := r.signalAll(request, queue, send); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}
}

func (r *rivals) signalAll(request *http.Request, queue string, send signal) error {
	body, err := io.ReadAll(io.LimitReader(request.Body, maxInbound))
	if err != nil {
		return err
	}
	hook, err := whatsapp.Decode(body)
	if err != nil {
		return err
	}
	for _, value := range hook.Values {
		for _, m := range value.Messages {
			if err := send(request.Context(), queue, told{m.From, m.Text.Body}); err != nil {
				return err
			}
		}
	}
	return nil
}

// signalWithStart starts the workflow if it does not run, as samples do for every message.
func (r *rivals) signalWithStart(ctx context.Context, queue string, in told) error {
	id := queue + ":" + in.Contact
	run, err := r.temporal.SignalWithStartWorkflow(ctx, id, inboundName, in, client.StartWorkflowOptions{TaskQueue: queue}, queue)
	if err != nil {
		return err
	}
	r.runs.Store(id, run.GetRunID())
	return nil
}

// signalRun signals the run that is known, as the product does. No run of a comparison ends before it.
func (r *rivals) signalRun(ctx context.Context, queue string, in told) error {
	id := queue + ":" + in.Contact
	known, _ := r.runs.Load(id)
	run, ok := known.(string)
	if !ok {
		return r.signalWithStart(ctx, queue, in)
	}
	return r.temporal.SignalWorkflow(ctx, id, run, inboundName, in)
}

// plain runs a regular activity for the reply and one for the POST.
func (r *rivals) plain(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond},
	})
	return eachMessage(ctx, plainQueue, func(in told) error {
		var body []byte
		if err := workflow.ExecuteActivity(ctx, r.Reply, in).Get(ctx, &body); err != nil {
			return err
		}
		return workflow.ExecuteActivity(ctx, r.Post, body).Get(ctx, nil)
	})
}

// floor runs one local activity that posts.
func (r *rivals) floor(ctx workflow.Context) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return eachMessage(ctx, floorQueue, func(in told) error {
		return workflow.ExecuteLocalActivity(ctx, r.ReplyAndPost, in).Get(ctx, nil)
	})
}

func eachMessage(ctx workflow.Context, name string, handle func(told) error) error {
	inbox := workflow.GetSignalChannel(ctx, inboundName)
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() || inbox.Len() > 0 {
		var in told
		inbox.Receive(ctx, &in)
		if err := handle(in); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, name)
}

// Reply is the activity that makes a reply.
func (r *rivals) Reply(_ context.Context, in told) ([]byte, error) {
	return json.Marshal(map[string]any{
		"messaging_product": "whatsapp", "recipient_type": "individual", "to": in.Contact,
		"type": "text", "text": map[string]string{"body": echo + in.Text},
	})
}

// Post is the activity that posts it.
func (r *rivals) Post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.hook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := r.http.Do(request)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return errors.Join(err, response.Body.Close())
	}
	return response.Body.Close()
}

// ReplyAndPost is both in one.
func (r *rivals) ReplyAndPost(ctx context.Context, in told) error {
	body, err := r.Reply(ctx, in)
	if err != nil {
		return err
	}
	return r.Post(ctx, body)
}
