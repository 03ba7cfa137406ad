package store

import (
	"context"
	"iter"
	"slices"
	"strings"
)

// maxValues bounds the values of one statement. SQLite accepts 32,766; far fewer keep statements
// short, and they are as fast.
const maxValues = 1600

// insert adds rows to a table. The columns are separated by commas, and each row has its values
// in that order. onConflict says what to do with rows that exist; empty means ErrExists. Many
// rows take several statements: those that must be added together need a transaction.
func (q session) insert(ctx context.Context, op, table, columns, onConflict string, rows ...[]any) error {
	if len(rows) > 1 {
		q = q.unprepared()
	}
	for query, args := range insertStatements(table, columns, onConflict, rows) {
		if _, err := q.exec(ctx, op, query, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertStatements are the statements of insert, each with its arguments.
func insertStatements(table, columns, onConflict string, rows [][]any) iter.Seq2[string, []any] {
	return func(yield func(string, []any) bool) {
		if len(rows) == 0 {
			return
		}
		row := `(?` + strings.Repeat(`, ?`, len(rows[0])-1) + `)`
		for chunk := range slices.Chunk(rows, maxValues/len(rows[0])) {
			query := `INSERT INTO ` + table + ` (` + columns + `) VALUES ` +
				row + strings.Repeat(`, `+row, len(chunk)-1) + ` ` + onConflict
			if !yield(query, slices.Concat(chunk...)) {
				return
			}
		}
	}
}

// overwrite is the conflict clause that replaces the row of the same key, column by column.
func overwrite(key, columns string) string {
	keys := splitColumns(key)
	var set []string
	for _, column := range splitColumns(columns) {
		if !slices.Contains(keys, column) {
			set = append(set, column+` = excluded.`+column)
		}
	}
	return `ON CONFLICT (` + key + `) DO UPDATE SET ` + strings.Join(set, `, `)
}

func splitColumns(columns string) []string {
	return strings.FieldsFunc(columns, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
}
