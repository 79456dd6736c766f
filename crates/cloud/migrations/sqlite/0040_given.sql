-- Whether a machine was given this auth token by `bootstrap`: 0 none, 1 one of whoever has the device now, 2 one of somebody who had
-- it before. Such a token is replaced when the next holder's machine is given it.
ALTER TABLE static_tokens ADD COLUMN auth_given INTEGER NOT NULL DEFAULT 0;
UPDATE static_tokens SET auth_given = 1 WHERE id IN (SELECT token_id FROM pins WHERE state = 'confirmed');
