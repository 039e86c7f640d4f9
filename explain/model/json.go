package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonFault says in words what is wrong with a JSON file that could not be
// read.
func jsonFault(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(data) == 0:
		return errors.New("the file is empty")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Error() == endOfJSON:
		return fmt.Errorf("the file was cut off: it ends at byte %d, inside the JSON", len(data))
	case syntax != nil:
		return fmt.Errorf("byte %d of the JSON: %w", syntax.Offset, err)
	case errors.As(err, &kind):
		name := kind.Field
		if name == "" {
			name = "the file"
		}
		return fmt.Errorf("%s: a JSON %s does not fit there", name, kind.Value)
	}
	return err
}

// endOfJSON is what encoding/json says of a file that ends too early.
const endOfJSON = "unexpected end of JSON input"
