package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestDeliveryList(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{{"the ledger is listed by what is asked for, in pages", deliveriesListed}})
}

func deliveriesListed(t *testing.T, s *store.Store) {
	for _, account := range []string{"isv", "other"} {
		require.NoError(t, s.AddAccount(t.Context(), store.Account{Name: account, CreatedAt: at(0)}))
	}
	for waID, account := range map[string]string{"1": "isv", "2": "isv", "3": "other"} {
		require.NoError(t, s.AddChannel(t.Context(), store.Channel{WaID: waID, Account: account, CreatedAt: at(0), UpdatedAt: at(0)}))
	}
	put := func(channel, id string, second int, state store.DeliveryState) store.Delivery {
		d := parked(id)
		d.Channel, d.MadeAt, d.State = channel, at(second), state
		require.NoError(t, s.Park(t.Context(), []store.Delivery{d}))
		return d
	}
	put("1", "a", 1, store.DeliveryWaiting)
	put("2", "b", 2, store.DeliveryDead)
	put("1", "c", 2, store.DeliveryDelivered)
	d := put("3", "d", 3, store.DeliveryDead)

	find := func(q store.DeliveryQuery) (ids string) {
		q.Limit = max(q.Limit, 1)
		for {
			page, err := s.Deliveries(t.Context(), q)
			require.NoError(t, err)
			if len(page) == 0 {
				return ids
			}
			for _, row := range page {
				ids += row.ID
			}
			last := page[len(page)-1]
			q.After = store.DeliveryCursor{MadeAt: last.MadeAt, ID: last.ID}
		}
	}
	require.Equal(t, "dcba", find(store.DeliveryQuery{}))
	require.Equal(t, "cba", find(store.DeliveryQuery{Account: "isv", Limit: 2}))
	require.Equal(t, "ca", find(store.DeliveryQuery{Account: "isv", Channel: "1"}))
	require.Empty(t, find(store.DeliveryQuery{Account: "isv", Channel: "3"}))
	require.Equal(t, "db", find(store.DeliveryQuery{State: store.DeliveryDead}))
	require.Equal(t, "cb", find(store.DeliveryQuery{From: at(2), To: at(3)}))
	require.Equal(t, "dcba", find(store.DeliveryQuery{Contact: d.Contact, Limit: 3}))
	require.Empty(t, find(store.DeliveryQuery{Contact: "nobody"}))
	require.Equal(t, "dcba", find(store.DeliveryQuery{Conversation: d.Conversation}))
	require.Empty(t, find(store.DeliveryQuery{Account: "nobody"}))

	page, err := s.Deliveries(t.Context(), store.DeliveryQuery{Channel: "3", Limit: 1})
	require.NoError(t, err)
	d.Body = nil
	require.Equal(t, []store.Delivery{d}, page)
}
