// Package netns gives each part of a fleet a network of its own, so that parts can be cut off from each other
// as cables and switches do it: packets vanish, nothing is closed, nothing is refused. It is for
// `make chaos-stack`, works on Linux as root, and needs the program ip (iproute2).
//
// [Isolate] starts this program once more in a new network namespace, which is the whole world of the test:
// this machine's network is not touched and not seen. In there, [New] makes a bridge and for each part a
// namespace that is joined to it. The addresses are of 127.0.0.0/8 nevertheless, so that everything that
// insists on this machine's own addresses, as the service does with webhooks in dev, stays as it is.
//
// The namespaces have no names. The operating system removes them, and all that is in them, when the last
// process ends that is in one, however it ends: nothing is left to clean up, and runs do not meet.
//
// It imports nothing of ours.
package netns
