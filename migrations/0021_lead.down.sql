DROP TABLE millrace.lead;
