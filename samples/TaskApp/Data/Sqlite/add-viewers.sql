-- For files from before there were viewers.

ALTER TABLE workspaces ADD COLUMN viewer_ids TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(viewer_ids));
