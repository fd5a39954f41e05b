-- Several chains side by side: an authority, a responder and an issuer are named <chain>-<name>, a holder names the
-- chain of the certificates. What was there before was the chain `rsa`.
ALTER TABLE certificate DROP CONSTRAINT certificate_issuer_fkey;
ALTER TABLE status_change DROP CONSTRAINT status_change_issuer_fkey;
ALTER TABLE crl DROP CONSTRAINT crl_issuer_fkey;
ALTER TABLE authority DROP CONSTRAINT authority_name_check;
ALTER TABLE responder DROP CONSTRAINT responder_name_check;

UPDATE authority SET name = 'rsa-' || name;
UPDATE responder SET name = 'rsa-' || name;
UPDATE certificate SET issuer = 'rsa-' || issuer;
UPDATE status_change SET issuer = 'rsa-' || issuer;
UPDATE crl SET issuer = 'rsa-' || issuer;

ALTER TABLE authority ADD CHECK (name ~ '^[a-z][a-z0-9_]{0,20}-(root|issuing)$');
ALTER TABLE responder ADD CHECK (name ~ '^[a-z][a-z0-9_]{0,20}-(ocsp|tsa)$');
ALTER TABLE certificate ADD FOREIGN KEY (issuer) REFERENCES authority;
ALTER TABLE status_change ADD FOREIGN KEY (issuer) REFERENCES authority;
ALTER TABLE crl ADD FOREIGN KEY (issuer) REFERENCES authority;

ALTER TABLE holder ADD COLUMN chain text NOT NULL DEFAULT 'rsa';
ALTER TABLE holder ALTER COLUMN chain DROP DEFAULT;
