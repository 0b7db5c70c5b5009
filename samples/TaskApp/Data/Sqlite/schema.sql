-- The app's own tables, as any app might have them. Sync asks for two things: an id and a version.
-- Instants are text in UTC with six digits, days are yyyy-MM-dd, lists are JSON.

CREATE TABLE users (
  id            TEXT    NOT NULL PRIMARY KEY,
  version       INTEGER NOT NULL DEFAULT 1,
  email         TEXT    NOT NULL UNIQUE,
  password_hash TEXT    NOT NULL,
  name          TEXT,
  created_at    TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at    TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
);

CREATE TABLE workspaces (
  id         TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  name       TEXT    NOT NULL,
  owner_id   TEXT    NOT NULL REFERENCES users (id),
  member_ids TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(member_ids)),
  viewer_ids TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(viewer_ids)),
  created_at TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  deleted    TEXT
);

CREATE TABLE tasks (
  id           TEXT    NOT NULL PRIMARY KEY,
  version      INTEGER NOT NULL DEFAULT 1,
  workspace_id TEXT    NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  title        TEXT    NOT NULL,
  description  TEXT,
  status       TEXT    NOT NULL DEFAULT 'todo' CHECK (status IN ('todo', 'in_progress', 'done')),
  assignee_id  TEXT    REFERENCES users (id),
  due_date     TEXT,
  order_index  INTEGER NOT NULL DEFAULT 0,
  created_by   TEXT    NOT NULL REFERENCES users (id),
  created_at   TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  updated_at   TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')),
  deleted      TEXT
);

CREATE INDEX workspaces_owner_id ON workspaces (owner_id);
CREATE INDEX tasks_workspace_id ON tasks (workspace_id);
CREATE INDEX tasks_assignee_id ON tasks (assignee_id);
CREATE INDEX tasks_created_by ON tasks (created_by);
