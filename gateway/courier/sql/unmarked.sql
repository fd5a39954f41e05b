-- The State Corporation's department finds the registers that wait for its mark as the provider's office finds its own.
CREATE INDEX courier_register_unmarked_of_department ON courier_register (department, made_at, number)
    WHERE NOT own AND marked_at IS NULL;
