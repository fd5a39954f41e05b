-- What the supervisor's view of a department's day is found by.
CREATE INDEX intake_refused ON intake (department, refused_at) WHERE refused_at IS NOT NULL;
CREATE INDEX issued_document_received ON issued_document (received_at);
