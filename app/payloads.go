package app

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// Payloads encodes inputs and results in histories: as the SDK does, but without HTML escaping. A
// bot's message goes through a history before it is posted, and must keep the bytes that its
// webhook-id was made from.
func Payloads() converter.DataConverter {
	return converter.NewCompositeDataConverter(
		converter.NewNilPayloadConverter(),
		converter.NewByteSlicePayloadConverter(),
		converter.NewProtoJSONPayloadConverter(),
		converter.NewProtoPayloadConverter(),
		plainJSON{converter.NewJSONPayloadConverter()},
	)
}

// plainJSON does not escape "<", ">" and "&". It reads what the SDK's own converter writes, and the
// other way round.
type plainJSON struct {
	*converter.JSONPayloadConverter
}

// ToPayload encodes a value as compact JSON.
func (c plainJSON) ToPayload(value any) (*common.Payload, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("%w: %w", converter.ErrUnableToEncode, err)
	}
	return &common.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(c.Encoding())},
		Data:     bytes.TrimSuffix(out.Bytes(), []byte("\n")),
	}, nil
}
