CREATE VIEW millrace.v AS SELECT auction FROM bid;
