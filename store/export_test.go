package store

import "context"

// Exec changes what no method would, so that tests need not fill a database to its bounds.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	_, err := s.writer().exec(ctx, "test", query, args...)
	return err
}

// Count reads one number.
func (s *Store) Count(ctx context.Context, query string, args ...any) (int, error) {
	return get[int](ctx, s.reader(), "test", query, args...)
}

// Prepared counts the statements that are kept prepared for reading and for writing.
func (s *Store) Prepared() (read, write int) {
	count := func(p *pool) int {
		p.mu.RLock()
		defer p.mu.RUnlock()
		return len(p.kept)
	}
	return count(s.read), count(s.write)
}

// MigrationText is the text of a migration.
func MigrationText(name string) (string, error) {
	text, err := migrations.ReadFile("migrations/" + name)
	return string(text), err
}
