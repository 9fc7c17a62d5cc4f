-- Who leads: a number that rises each time a service begins to.

CREATE TABLE millrace.lead (
  one  boolean PRIMARY KEY DEFAULT true CHECK (one),
  term bigint NOT NULL
);
INSERT INTO millrace.lead (term) VALUES (0);
REVOKE ALL ON millrace.lead FROM PUBLIC;
COMMENT ON TABLE millrace.lead IS 'How often a service has begun to lead on this database';
