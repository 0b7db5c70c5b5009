-- The app's own tables, as any app might have them. Sync asks for two things: an id and a version.

CREATE TYPE task_status AS ENUM ('todo', 'in_progress', 'done');

CREATE TABLE users (
  id            text        PRIMARY KEY,
  version       bigint      NOT NULL DEFAULT 1,
  email         text        NOT NULL UNIQUE,
  password_hash text        NOT NULL,
  name          text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE workspaces (
  id         text        PRIMARY KEY,
  version    bigint      NOT NULL DEFAULT 1,
  name       text        NOT NULL,
  owner_id   text        NOT NULL REFERENCES users (id),
  member_ids text[]      NOT NULL DEFAULT '{}',
  viewer_ids text[]      NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted    timestamptz
);

CREATE TABLE tasks (
  id           text        PRIMARY KEY,
  version      bigint      NOT NULL DEFAULT 1,
  workspace_id text        NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  title        text        NOT NULL,
  description  text,
  status       task_status NOT NULL DEFAULT 'todo',
  assignee_id  text        REFERENCES users (id),
  due_date     date,
  order_index  int         NOT NULL DEFAULT 0,
  created_by   text        NOT NULL REFERENCES users (id),
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  deleted      timestamptz
);

CREATE INDEX workspaces_owner_id ON workspaces (owner_id);
CREATE INDEX workspaces_member_ids ON workspaces USING gin (member_ids);
CREATE INDEX tasks_workspace_id ON tasks (workspace_id);
CREATE INDEX tasks_assignee_id ON tasks (assignee_id);
CREATE INDEX tasks_created_by ON tasks (created_by);
