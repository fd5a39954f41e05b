-- Results that wait at a department's windows are found, and counted, however many were handed over before.
ALTER TABLE issued_document ADD COLUMN waits_at text; -- the department; none on the portal and once it was handed over
UPDATE issued_document SET waits_at = intake.department
FROM intake LEFT JOIN hand_over ON hand_over.application = intake.application
WHERE intake.application = issued_document.application AND hand_over.handed_at IS NULL;
CREATE INDEX issued_document_waiting ON issued_document (waits_at, received_at DESC, application)
    WHERE waits_at IS NOT NULL;
