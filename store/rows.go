package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

// get reads the one row of a query into a T, or returns ErrNotFound. See list.
func get[T any](ctx context.Context, q session, op, query string, args ...any) (T, error) {
	var none T
	rows, err := list[T](ctx, q, op, query, args...)
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, q.fail(ctx, op, ErrNotFound)
	}
	return rows[0], nil
}

// list reads all rows of a query. T is a struct, whose "db" tags name the columns, or the type
// of a single column.
func list[T any](ctx context.Context, q session, op, query string, args ...any) ([]T, error) {
	found := []T{}
	var fields [][]int
	err := q.each(ctx, op, func(rows *sqlx.Rows) (err error) {
		if fields == nil {
			if fields, err = fieldsOf(rows, reflect.TypeFor[T]()); err != nil {
				return err
			}
		}
		var row T
		if err := rows.Scan(targets(reflect.ValueOf(&row).Elem(), fields)...); err != nil {
			return err
		}
		found = append(found, row)
		return nil
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// listIn is list for a query whose last argument is a list, written as "IN (?)". A long list is
// split into several statements.
func listIn[T any](ctx context.Context, q session, op string, in []string, query string, args ...any) ([]T, error) {
	var found []T
	if len(in) > 1 {
		q = q.unprepared()
	}
	for chunk := range slices.Chunk(in, maxValues) {
		expanded, chunkArgs, err := sqlx.In(query, append(slices.Clone(args), chunk)...)
		if err != nil {
			return nil, fmt.Errorf("store: %s: %w", op, err)
		}
		rows, err := list[T](ctx, q, op, expanded, chunkArgs...)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// eachBlob hands the single column of a query's rows to visit, one at a time. The bytes are
// valid only until visit returns.
func (q session) eachBlob(ctx context.Context, op string, visit func([]byte), query string, args ...any) error {
	var blob sql.RawBytes
	return q.each(ctx, op, func(rows *sqlx.Rows) error {
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		visit(blob)
		return nil
	}, query, args...)
}

// fieldsOf finds the field of each column in a struct type, as an index path. The empty path is
// the value itself: a type that is no struct takes its single column whole.
func fieldsOf(rows *sqlx.Rows, row reflect.Type) ([][]int, error) {
	columns, err := rows.Columns()
	if err != nil || row.Kind() != reflect.Struct {
		return make([][]int, len(columns)), err
	}
	return rows.Mapper.TraversalsByName(row, columns), nil
}

// targets lists what the columns of a row are scanned into.
func targets(row reflect.Value, fields [][]int) []any {
	all := make([]any, len(fields))
	for i, path := range fields {
		all[i] = target(reflectx.FieldByIndexes(row, path).Addr().Interface())
	}
	return all
}
