DROP VIEW millrace.tasks;
DROP TABLE millrace.task_figures;
