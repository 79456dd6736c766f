-- Whether a session's refresh tokens travel in a browser's cookie ('cookie') or in a program's own hands ('token'):
-- neither is good at the other's endpoint. Sessions from before this are not told apart, and count as the stricter kind:
-- browsers sign in again.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';
