-- The tokens live for a day, and a crash of the server may empty the table: what a form does can be repeated without it.
-- So no form waits for the disk twice more than for its own work.
ALTER TABLE form_once SET UNLOGGED;
