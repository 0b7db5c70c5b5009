-- What a first start finds. Nobody signs in with a password here, so there is no hash that any password has.

INSERT INTO users (id, email, password_hash, name) VALUES
  ('alice', 'alice@example.com', '!', 'Alice'),
  ('bob',   'bob@example.com',   '!', 'Bob'),
  ('carol', 'carol@example.com', '!', 'Carol');

INSERT INTO workspaces (id, name, owner_id, member_ids) VALUES
  ('demo',    'Summer fair',   'alice', '["alice","bob"]'),
  ('private', 'Carol''s own',  'carol', '["carol"]');

INSERT INTO tasks (id, workspace_id, title, description, status, assignee_id, due_date, order_index, created_by) VALUES
  ('task-1',  'demo',    'Ask the school for the field',   'Saturday the 20th, from nine to six. The caretaker has the keys.', 'todo', 'bob', date('now', '+3 days'), 1000, 'alice'),
  ('task-2',  'demo',    'Print the posters',              NULL, 'todo', NULL, date('now', '+7 days'), 2000, 'alice'),
  ('task-3',  'demo',    'Find a band that plays outdoors', 'Two sets of forty minutes. Power comes from the gym.', 'in_progress', 'alice', NULL, 1000, 'bob'),
  ('task-4',  'demo',    'Book the cake stall',            NULL, 'in_progress', 'bob', date('now', '-1 day'), 2000, 'bob'),
  ('task-5',  'demo',    'Agree on a date',                NULL, 'done', 'alice', NULL, 1000, 'alice'),
  ('task-c1', 'private', 'Think of a present for Alice',   NULL, 'todo', 'carol', NULL, 1000, 'carol');
