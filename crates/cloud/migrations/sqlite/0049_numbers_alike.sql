-- Identifiers are told apart by the number that they are, however that is written: with spaces, in halves, or with what it is
-- before it as well. What was compared as it stands, and may be such a number, is compared anew by the background task.
UPDATE static_tokens SET alike = NULL
WHERE alike = sought
  AND replace(replace(replace(replace(replace(sought, ':', ''), '-', ''), '.', ''), ' ', ''), '=', '') <> sought
  AND length(replace(replace(replace(replace(replace(sought, ':', ''), '-', ''), '.', ''), ' ', ''), '=', ''))
      BETWEEN 12 AND 22;
